/** Every key of a result is described, and a result without one of them is told by that key, whoever reads it. */
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { reportCommand } from '../../src/cli/report.ts'
import { InputError } from '../../src/errors.ts'
import { resultJsonSchema } from '../../src/result/json-schema.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import { chat, Home, mockFor, OUT } from '../cli/harness.ts'
import { thresholdFailed } from '../report/results.ts'
import { shareOf } from '../support/share.ts'
import { FULL } from './full.ts'

interface Node {
  readonly $ref?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Node
  readonly items?: Node
  readonly anyOf?: readonly Node[]
}
const ROOT: Node & { readonly $defs?: Readonly<Record<string, Node>> } = resultJsonSchema()

/** The definition behind a reference, the form of a nullable value that is not null. */
function resolved(node: Node): Node {
  const inner = node.$ref === undefined ? node.anyOf?.[0] : ROOT.$defs?.[node.$ref.replace('#/$defs/', '')]
  return inner ? resolved(inner) : node
}

type Found = (key: string, part: Node, parent: Node, path: string) => void

/** Visits every key of a value that the schema knows, outer ones first. Of lists and maps the first entry stands for all. */
function visit(value: unknown, node: Node, found: Found, path = ''): void {
  const { properties, items, additionalProperties } = resolved(node)
  if (typeof value !== 'object' || value === null) return
  const [first] = Object.entries(value)
  const inner = items ?? additionalProperties
  if (inner && !properties) {
    if (first) visit(first[1], inner, found, `${path}.${first[0]}`)
    else if (resolved(inner).properties) throw new Error(`FULL has no entry at ${path}`)
  }
  for (const [key, part] of Object.entries(properties ?? {})) {
    const at = path === '' ? key : `${path}.${key}`
    if (!Object.hasOwn(value, key)) throw new Error(`FULL lacks ${at}`)
    found(key, part, resolved(node), at)
    visit(new Map<string, unknown>(Object.entries(value)).get(key), part, found, at)
  }
}

const paths: string[] = []
const required: string[] = []
const silent: string[] = []
visit(FULL, ROOT, (key, part, parent, path) => {
  paths.push(path)
  if (parent.required?.includes(key)) required.push(path)
  if (!(part.description ?? resolved(part).description)) silent.push(path)
})

/** A copy without the key at a path, or of all paths. */
function without(gone: readonly string[]): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(FULL))
  for (const path of gone) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce((value: unknown, key) => Reflect.get(Object(value), key), copy)
    Reflect.deleteProperty(Object(parent), last)
  }
  return copy
}

test('every key has a description', () => {
  expect(paths.length).toBeGreaterThan(250)
  expect(silent).toEqual([])
})

test('a result with every key is one, and so is one with the required keys alone', () => {
  expect(misfitOfResult(FULL)).toBeUndefined()
  const optional = paths.filter((path) => !required.includes(path)).reverse()
  expect(optional.length).toBeGreaterThan(20)
  expect(misfitOfResult(without(optional))).toBeUndefined()
})

test('keys that a later version may add are no misfit', () => {
  expect(misfitOfResult({ ...FULL, later: 1, total: { ...FULL.total, later: 1 } })).toBeUndefined()
})

describe('without one of its required keys', () => {
  test('a result is told by that key', () => {
    expect(required.length).toBeGreaterThan(200)
    expect(required.filter((path) => misfitOfResult(without([path])) !== path)).toEqual([])
  })

  test('burn report refuses it and names the key', async () => {
    const home = new Home()
    for (const path of shareOf(required)) {
      const file = home.file(home.write('result.json', without([path])))
      const error: unknown = await reportCommand(file, { format: 'json', color: false }, new Command()).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(InputError)
      expect(error).toMatchObject({ message: expect.stringContaining(`: ${path} is missing`) })
    }
  })

  test.each(['labels', 'total.counts.ok', 'steps.0.checks.0.samples'])('burn report leaves with 6: %s', async (path) => {
    const home = new Home()
    const { code, stderr } = await home.call(['report', home.write('r.json', without([path]))])
    expect([code, stderr]).toEqual([6, expect.stringContaining(path)])
  })
})

test('every key of a real result is in the schema', async () => {
  const home = new Home()
  const mock = await mockFor()
  await home.call(['run', home.write('s.json', chat(mock.url)), ...OUT, '--log', 'none'])
  expect(Object.keys(home.result()).filter((key) => !Object.hasOwn(ROOT.properties ?? {}, key))).toEqual([])
  expect(misfitOfResult(thresholdFailed)).toBeUndefined()
})
