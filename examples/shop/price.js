const formatters = new Map()

function formatterOf(currency) {
  let formatter = formatters.get(currency)
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat('de-DE', { style: 'currency', currency })
    formatters.set(currency, formatter)
  }
  return formatter
}

const isOld = process.env.DD_VERSION === '1.0'

/** Planted problem 1: version 1.1 "cleaned up" the cache, so it makes a formatter for each price. */
exports.formatPrice = function formatPrice(cents, currency) {
  if (isOld) return formatterOf(currency).format(cents / 100)
  return new Intl.NumberFormat('de-DE', { style: 'currency', currency }).format(cents / 100)
}
