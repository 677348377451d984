import * as z from 'zod'
import { lateObject, templated } from '../fields.ts'
import {
  type AuthContext,
  type AuthUser,
  type CredentialSource,
  type Credentials,
  defineSource,
  placed,
  prefixed,
} from './scheme.ts'

const fields = lateObject(() => ({
  type: z.literal('pool').describe('Several keys that take turns'),
  keys: z
    .union([z.array(templated()).min(1).max(10_000), templated()])
    .describe('The keys: a list, or one text with commas or line ends between them'),
  rotate: z
    .enum(['user', 'request'])
    .default('user')
    .describe('user: each user keeps one key; request: each request takes the next'),
  name: z.string().min(1).default('authorization').describe('Name of the header or query parameter'),
  in: z.enum(['header', 'query']).default('header').describe('Where the key goes'),
  prefix: z.string().optional().describe('Word before the key. Default Bearer in the header authorization, none elsewhere'),
}))

type KeyPoolFields = z.infer<typeof fields>

/** The auth scheme `pool`: a list of API keys. Either each user keeps one of the keys, or each request takes the next one. */
export const pool = {
  type: 'pool',
  fields,
  secretFields: [],
  secrets: ({ keys }: KeyPoolFields) => keysOf(keys),
  open(block: KeyPoolFields, context: AuthContext): CredentialSource {
    const turns = new Map<number, number>()
    let next = 0
    let last: { readonly block: KeyPoolFields; readonly all: readonly Credentials[] } | undefined
    const all = (user: AuthUser): readonly Credentials[] => {
      const rendered = user.fields() as KeyPoolFields // `fields()` renders the block that `open` got
      if (last?.block !== rendered) last = { block: rendered, all: credentialsOfPool(rendered, context) }
      return last.all
    }
    return defineSource({
      // `ready` runs once per attempt, `current` perhaps more often, so the next key is chosen here.
      ready(user) {
        if (block.rotate === 'request') turns.set(user.id, next++)
        return undefined
      },
      current(user) {
        const list = all(user)
        return list[(turns.get(user.id) ?? user.id) % list.length] ?? { headers: {}, query: {} }
      },
    })
  },
} as const

function credentialsOfPool(block: KeyPoolFields, context: AuthContext): Credentials[] {
  const prefix = block.prefix ?? (block.in === 'header' && block.name.toLowerCase() === 'authorization' ? 'Bearer' : '')
  return keysOf(block.keys).map((key) => {
    context.onSecret(key)
    return placed(block.name, prefixed(prefix, key), block.in)
  })
}

/** Returns the keys of a pool as a list, without spaces around them. */
function keysOf(keys: string | readonly string[]): string[] {
  const list = Array.isArray(keys) ? keys.map(String) : String(keys).split(/[,\r\n]/)
  return list.map((key) => key.trim()).filter((key) => key !== '')
}
