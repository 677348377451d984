import { once } from 'node:events'
import { Store } from 'mqtt'
import { expect, it } from 'vitest'
import { emptied } from '../../../../src/connectors/mqtt/link/open.ts'

it('keeps no publish, and makes no error for one that is forgotten', async () => {
  const store = emptied(new Store())
  const done: string[] = []
  store.put({ cmd: 'publish', messageId: 7, topic: 't', payload: '', qos: 1, dup: false, retain: false }, () => done.push('put'))
  store.del({ messageId: 7 }, () => done.push('del'))
  store.get({ messageId: 7 }, (error) => done.push(String(error?.message)))
  expect(done).toEqual(['put', 'missing packet'])
  const stored = store.createStream()
  stored.resume()
  await once(stored, 'end')
})
