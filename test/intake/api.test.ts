import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import { endpoints } from '../../src/intake/api/endpoints'
import { paramTexts } from '../../src/intake/api/param-texts'
import { type ParamType, readParams } from '../../src/intake/api/params'
import { routes } from '../../src/intake/routes'
import { intakeFor, tempDir } from './helpers'
import { makeUpload, ticks } from './profiles'
import { storeFor } from './store/stores'

const root = join(__dirname, '../..')
const page = join(root, 'docs/openapi.json')

/** The types of the answers as JSON schemas, made of the types themselves. */
function answerSchemas(): Record<string, Schema> {
  const generator = createGenerator({
    path: join(root, 'test/intake/api-answers.ts'),
    tsconfig: join(root, 'test/tsconfig.json'),
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: false,
  })
  const { Answers: _, ...types } = (generator.createSchema('Answers').definitions ?? {}) as Record<
    string,
    Schema
  >
  return JSON.parse(JSON.stringify(types).replaceAll('#/definitions/', '#/components/schemas/'))
}

const schemaOf = (answers: string): Schema => {
  if (answers === 'string[]') return { type: 'array', items: { type: 'string' } }
  const $ref = `#/components/schemas/${answers.replace('[]', '')}`
  return answers.endsWith('[]') ? { type: 'array', items: { $ref } } : { $ref }
}

const paramSchemas = {
  text: { schema: { type: 'string' } },
  number: { schema: { type: 'number' } },
  list: { schema: { type: 'array', items: { type: 'string' } }, explode: true },
  map: { schema: { type: 'object', additionalProperties: { type: 'string' } } },
} as const

const paramSchema = (type: ParamType) =>
  typeof type === 'string' ? paramSchemas[type] : { schema: { type: 'string', enum: type } }

function textOf(name: string): string {
  const text = paramTexts[name.replace(/^[ab]\./, '')]
  assert.ok(text, `param-texts.ts says nothing of ${name}`)
  return text
}

function openApi(): object {
  const refusal = { $ref: '#/components/responses/Refusal' }
  const paths = endpoints.map(({ method, path, query, summary, params, required, answers }) => {
    const content = answers
      ? { 'application/json': { schema: schemaOf(answers) } }
      : { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    const parameters = Object.entries(params).map(([name, type]) => ({
      name: type === 'map' ? `${name}.<key>` : name,
      in: 'query',
      required: required.includes(name),
      description: textOf(name),
      ...paramSchema(type),
    }))
    const operation = {
      operationId: query,
      summary,
      parameters,
      responses: { 200: { description: summary, content }, default: refusal },
    }
    return [path, { [method.toLowerCase()]: operation }]
  })
  const fields = { code: { type: 'string' }, message: { type: 'string' } }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Query API of the intake',
      version: '1',
      description:
        'Times are epoch milliseconds, the last hour where absent. `q` selects processes by their tags: `service:shop env:prod version:1.2* -host:a`. Ids are hexadecimal. With keys, each request shows one.',
    },
    security: [{}, { key: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Acme-Key' } },
      responses: {
        Refusal: {
          description: 'A refusal, by the catalogue of docs/intake.md',
          content: {
            'application/json': {
              schema: { type: 'object', required: ['code', 'message'], properties: fields },
            },
          },
        },
      },
      schemas: answerSchemas(),
    },
  }
}

test('docs/openapi.json is what the routes and the types are', () => {
  const text = `${JSON.stringify(openApi(), null, 2)}\n`
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, text)
  assert.deepEqual(JSON.parse(readFileSync(page, 'utf8')), JSON.parse(text))
  const documented = Object.entries(JSON.parse(text).paths as Record<string, object>)
  const served = routes
    .filter(({ path }) => path.startsWith('/api/v1/'))
    .map(({ path, methods }) => [path, ...methods])
  assert.deepEqual(
    documented.map(([path, methods]) => [path, ...Object.keys(methods).map((name) => name.toUpperCase())]),
    served,
  )
})

test('parameters of a URL become the object of a query, and a strange one is refused', () => {
  const types = {
    q: 'text',
    fromMs: 'number',
    groupBy: 'list',
    'filter.endpoint': 'text',
    'filter.labels': 'map',
    per: ['total', 'second'],
  } as const
  const query =
    'q=service%3Ashop&fromMs=5&groupBy=env&groupBy=version&filter.endpoint=GET%20%2Fa&filter.labels.a.b=c'
  assert.deepEqual(JSON.parse(JSON.stringify(readParams(query, types))), {
    q: 'service:shop',
    fromMs: 5,
    groupBy: ['env', 'version'],
    filter: { endpoint: 'GET /a', labels: { 'a.b': 'c' } },
  })
  for (const wrong of [
    'x=1',
    'q=1&q=2',
    'fromMs=now',
    'fromMs=',
    '__proto__=1',
    'filter=1',
    'filter.labels=1',
    'filter.labels.=1',
    'per=minute',
    'per=',
  ]) {
    assert.throws(() => readParams(wrong, types), { code: 'query_invalid' }, wrong)
  }
  readParams('filter.labels.__proto__=polluted', types)
  assert.equal(({} as { polluted?: string }).polluted, undefined)
})

test('a question mark in a value does not end the query', async (t) => {
  const { store } = await storeFor(t)
  const { url } = await intakeFor(t, { sink: store, queries: store, dir: tempDir(t) })
  const answer = await fetch(`${url}/api/v1/call-graph?q=service:shop&filter.endpoint=GET /?x&name=price`)
  assert.equal(answer.status, 200, await answer.text())
})

test('answers over HTTP are of the types that the page gives', async (t) => {
  const { store } = await storeFor(t)
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 600_000
  const wall = [ticks(['b@/app/x.js', 'a@/app/x.js'], 3), ticks(['a@/app/x.js'], 2)]
  await store.profiles(makeUpload({ startMs, wall }))
  await store.settle()
  const intake = await intakeFor(t, { sink: store, queries: store, dir: tempDir(t) })
  const ajv = new Ajv({ strict: false })
  const { components } = JSON.parse(readFileSync(page, 'utf8')) as { components: object }
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${intake.url}/api/v1/${path}`, init)
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const [profile] = (await ask('profiles?q=service:shop')).body as { id: string }[]
  const given: Record<string, string> = {
    key: 'service',
    name: 'a',
    stepMs: '60000',
    id: profile?.id ?? '',
    fromMs: String(startMs - 60_000),
    toMs: String(startMs + 600_000),
  }
  const refused: string[] = []
  for (const { method, path, required, answers } of endpoints) {
    const query = new URLSearchParams(
      required.map((name): [string, string] => [name, given[name] ?? 'x']),
    ).toString()
    if (answers === undefined) continue
    const { status, body } = await ask(`${path.slice('/api/v1/'.length)}?${query}`, { method })
    if (status !== 200) {
      refused.push(`${path.slice('/api/v1/'.length)} ${(body as { code: string }).code}`)
      continue
    }
    const schema = { ...schemaOf(answers), components }
    assert.ok(ajv.validate(schema as object, body), `${path}: ${ajv.errorsText()}`)
  }
  assert.deepEqual(refused, ['source source_unavailable', 'hotspots query_invalid'])
  for (const query of ['profiles', 'flame-graph', 'top-functions', 'metrics'])
    assert.deepEqual(
      await ask(`${query}?kind=nope${query === 'metrics' ? '&stepMs=60000' : ''}`),
      {
        status: 400,
        body: {
          code: 'query_invalid',
          message: 'The query is not valid: kind is none of wall, heap, <type>/<unit>.',
        },
      },
      query,
    )
  const { body } = await ask('flame-graph?q=service:shop')
  assert.equal((body as { total: number }).total, 50_000_000)
  const raw = await fetch(`${intake.url}/api/v1/profile?id=${profile?.id}`)
  assert.equal(raw.headers.get('content-type'), 'application/octet-stream')
  assert.ok((await raw.arrayBuffer()).byteLength > 0)
  assert.deepEqual(await ask('profile?id=00000000000000000000000000000000').then(({ status }) => status), 404)
  const { body: late } = await ask('profiles?toMs=-1')
  assert.match((late as { message: string }).message, /: toMs is not a time/)
  assert.deepEqual(await ask('flame-graph?nonsense=1').then(({ status }) => status), 400)
})
