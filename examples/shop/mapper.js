// An object mapper as ORMs have it: flat, prefixed rows to nested entities with types, getters and an identity map.
const schema = {
  order: { key: 'id', columns: { id: Number, placed_at: (text) => new Date(text), status: String } },
  customer: { key: 'id', columns: { id: Number, name: String, email: String } },
  item: { key: 'id', columns: { id: Number, sku: String, quantity: Number, unit_cents: Number } },
}

class Entity {
  constructor(kind) {
    this.kind = kind
    this.dirty = new Set()
  }
}

const camelCase = (column) => column.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())

function defineColumn(entity, name, value) {
  let current = value
  Object.defineProperty(entity, name, {
    enumerable: true,
    get: () => current,
    set: (changed) => {
      entity.dirty.add(name)
      current = changed
    },
  })
}

function hydrate(kind, row, identities) {
  const { key, columns } = schema[kind]
  const identity = `${kind}:${row[`${kind}_${key}`]}`
  const known = identities.get(identity)
  if (known) return known
  const entity = new Entity(kind)
  for (const [column, convert] of Object.entries(columns)) {
    defineColumn(entity, camelCase(column), convert(row[`${kind}_${column}`]))
  }
  identities.set(identity, entity)
  return entity
}

/** Orders with their customer and items, one identity map per call. */
exports.mapOrders = (rows) => {
  const identities = new Map()
  const orders = new Set()
  for (const row of rows) {
    const order = hydrate('order', row, identities)
    order.customer = hydrate('customer', row, identities)
    order.items = [...(order.items ?? []), hydrate('item', row, identities)]
    orders.add(order)
  }
  return [...orders]
}
