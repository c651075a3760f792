/**
 * How likely a difference as large as that between two counts of samples is where nothing changed: two-sided, of Poisson counts
 * with these exposures (seconds, requests). Given their sum, one of them is binomial.
 */
export function chanceOf(a: number, b: number, aExposure: number, bExposure: number): number {
  const n = Math.round(a) + Math.round(b)
  const share = aExposure / (aExposure + bExposure)
  if (n === 0 || !(share > 0 && share < 1)) return 1
  const k = Math.round(a)
  return n <= exactUpTo ? exact(k, n, share) : normal(k, n, share)
}

const exactUpTo = 1_000

const logFactorial = new Float64Array(exactUpTo + 1)
for (let n = 2; n <= exactUpTo; n++) logFactorial[n] = (logFactorial[n - 1] as number) + Math.log(n)

const negligible = 1e-17

/** Twice the smaller tail, 1 at most. The tail that leads away from the mean is summed: its terms soon count for nothing. */
function exact(k: number, n: number, share: number): number {
  const ratio = share / (1 - share)
  const ways = (logFactorial[n] as number) - (logFactorial[k] as number) - (logFactorial[n - k] as number)
  const at = Math.exp(ways + k * Math.log(share) + (n - k) * Math.log1p(-share))
  let tail = at
  let term = at
  if (k <= n * share) {
    for (let i = k; i > 0 && term > tail * negligible; i--) {
      term *= i / ((n - i + 1) * ratio)
      tail += term
    }
  } else {
    for (let i = k; i < n && term > tail * negligible; i++) {
      term *= ((n - i) / (i + 1)) * ratio
      tail += term
    }
  }
  return Math.min(1, 2 * Math.min(tail, 1 - tail + at))
}

function normal(k: number, n: number, share: number): number {
  const distance = Math.max(0, Math.abs(k - n * share) - 0.5)
  return Math.min(1, erfc(distance / Math.sqrt(2 * n * share * (1 - share))))
}

/** Abramowitz and Stegun 7.1.26 in the form of Numerical Recipes: relative error below 1.2e-7. */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * x)
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ]
  const sum = terms.reduceRight((rest, term) => term + t * rest, 0)
  return t * Math.exp(-x * x + sum)
}
