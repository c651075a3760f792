/** A value with its unit, as short as it can be told: `1.24 s`, `3.1 MiB`, `12,400`. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'nanoseconds') return formatNanos(value)
  if (unit === 'bytes') return scaled(value, 1_024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])
  const amount =
    Math.abs(value) < 100 && !Number.isInteger(value)
      ? digits(value)
      : Math.round(value).toLocaleString('en-US')
  return unit === 'count' || unit === '' ? amount : `${amount} ${unit}`
}

/** `1 profile`, `1,234 profiles`. */
export const formatCount = (count: number, one: string) =>
  `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`

export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return '–'
  if (share < 0) return `−${formatPercent(-share)}`
  const percent = share * 100
  if (percent !== 0 && percent < 0.05) return '< 0.1 %'
  return `${percent < 99.95 ? percent.toFixed(1) : Math.round(percent).toLocaleString('en-US')} %`
}

export function formatSigned(share: number): string {
  return `${share > 0 ? '+' : ''}${formatPercent(share)}`
}

function formatNanos(nanos: number): string {
  const size = Math.abs(nanos)
  if (size === 0) return '0 s'
  if (size < 1e3) return `${digits(nanos)} ns`
  if (size < 1e6) return `${digits(nanos / 1e3)} µs`
  if (size < 1e9) return `${digits(nanos / 1e6)} ms`
  if (size < 120e9) return `${digits(nanos / 1e9)} s`
  if (size < 7200e9) return `${digits(nanos / 60e9)} min`
  return `${digits(nanos / 3600e9)} h`
}

function scaled(value: number, step: number, units: readonly string[]): string {
  const at = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log(Math.max(1, Math.abs(value))) / Math.log(step))),
  )
  return at === 0 ? `${Math.round(value)} ${units[0]}` : `${digits(value / step ** at)} ${units[at]}`
}

/** Three digits that say something. */
function digits(value: number): string {
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}
