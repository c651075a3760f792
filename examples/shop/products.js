// The "database": rows as a SQL driver returns them, columns joined and prefixed.
const words = [
  'blue',
  'steel',
  'garden',
  'chair',
  'lamp',
  'oak',
  'travel',
  'mug',
  'wool',
  'bright',
  'desk',
  'note',
]
const word = (n) => words[n % words.length]

exports.products = Array.from({ length: 600 }, (_, id) => ({
  id,
  sku: `SKU-${String(id).padStart(6, '0')}`,
  title: `${word(id)} ${word(id * 7 + 3)} ${word(id * 13 + 5)}`,
  description: Array.from({ length: 24 }, (_, i) => word(id * 5 + i * i)).join(' '),
  price: { cents: 499 + id * 13, currency: 'EUR' },
  tags: [word(id), word(id + 4), word(id + 9)],
}))

exports.orderRows = Array.from({ length: 900 }, (_, n) => ({
  order_id: Math.floor(n / 3),
  order_placed_at: new Date(1_700_000_000_000 + n * 60_000).toISOString(),
  order_status: n % 5 === 0 ? 'open' : 'shipped',
  customer_id: n % 40,
  customer_name: `${word(n)} ${word(n + 2)}`,
  customer_email: `${word(n)}.${n % 40}@example.com`,
  item_id: n,
  item_sku: `SKU-${String(n % 600).padStart(6, '0')}`,
  item_quantity: String(1 + (n % 4)),
  item_unit_cents: String(499 + n),
}))
