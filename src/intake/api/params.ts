import { invalid } from '../query/params'

/**
 * What a parameter of a query may be: in a URL all are texts. `list`: given once per item. `map`: `<name>.<key>=<value>`. An array: one of
 * its texts.
 */
export type ParamType = 'text' | 'number' | 'list' | 'map' | readonly string[]

/** Parameters by name; a dot leads into an object: `filter.endpoint`. */
export type ParamTypes = Readonly<Record<string, ParamType>>

/**
 * Reads the parameters of a URL into the object that a query takes. Throws CodedError query_invalid for one that the query does not
 * know, or that comes twice.
 */
export function readParams(query: string, types: ParamTypes): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    const { path, type } = describe(name, types)
    const last = path.pop() as string
    const parent = path.reduce(child, params)
    if (type === 'list') parent[last] = [...((parent[last] as string[] | undefined) ?? []), value]
    else if (Object.hasOwn(parent, last)) invalid(name, 'is given twice')
    else parent[last] = type === 'number' ? number(name, value) : oneOf(name, value, type)
  }
  return params
}

function describe(name: string, types: ParamTypes): { path: string[]; type: ParamType } {
  if (Object.hasOwn(types, name) && types[name] !== 'map') {
    return { path: name.split('.'), type: types[name] as ParamType }
  }
  for (const [known, type] of Object.entries(types)) {
    if (type === 'map' && name.length > known.length + 1 && name.startsWith(`${known}.`)) {
      return { path: [...known.split('.'), name.slice(known.length + 1)], type }
    }
  }
  invalid(name, 'is unknown to this query')
}

/** The object of that name, made where it is missing. Without a prototype: a key of a map comes from outside. */
function child(parent: Record<string, unknown>, name: string): Record<string, unknown> {
  parent[name] ??= Object.create(null)
  return parent[name] as Record<string, unknown>
}

function oneOf(name: string, value: string, type: ParamType): string {
  if (Array.isArray(type) && !type.includes(value)) invalid(name, `is none of ${type.join(', ')}`)
  return value
}

function number(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) invalid(name, 'is not a number')
  return value
}
