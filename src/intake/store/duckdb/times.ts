/** Units of the columns. */
export const minuteMs = 60_000
export const hourMs = 3_600_000

export const minuteOf = (timeMs: number): number => Math.max(0, Math.floor(timeMs / minuteMs))
export const hourOf = (timeMs: number): number => Math.max(0, Math.floor(timeMs / hourMs))
