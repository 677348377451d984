/** Addresses of webhooks. */
import { expect, test } from 'vitest'
import { webhooksSchema } from '../../src/notify/schema.ts'

test.each(['http://me:secret@127.0.0.1/', 'http://token@127.0.0.1/', 'ftp://127.0.0.1/', 'nowhere'])(
  '%s is no address',
  (url) => {
    expect(webhooksSchema.safeParse([{ url }]).success).toBe(false)
  },
)
