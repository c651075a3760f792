export const dayMs = 86_400_000
export const firstMs = 1_700_000_000_000 - (1_700_000_000_000 % dayMs)
