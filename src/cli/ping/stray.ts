/** Detects messages that arrive after a complete reply: a run would mistake them for the next reply, so a ping waits briefly for them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'

/** How long to wait for further messages after a reply, in ms. */
const WAIT_MS = 300

/** Returns the target with connections that close a little later; `tell` gets the number of messages after the reply. */
export function listeningOn(target: PlannedTarget, notify: (target: string, messages: number) => void): PlannedTarget {
  const { connector } = target
  return {
    ...target,
    connector: {
      ...connector,
      async open(options, context) {
        const connection = await connector.open(options, context)
        if (connection.strayMessages === undefined) return connection
        const close = connection.close.bind(connection)
        connection.close = async () => {
          await sleep(WAIT_MS)
          notify(target.name, connection.strayMessages ?? 0)
          await close()
        }
        return connection
      },
    },
  }
}
