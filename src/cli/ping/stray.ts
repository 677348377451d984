/** Messages that come after a reply was complete: a run would take them for the next reply, and a ping waits a moment for them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'

/** How long to wait for them after the reply, in ms. */
const WAIT_MS = 300

/** The target, whose connections are left open for a moment longer; `tell` hears of those that got more messages then. */
export function listeningOn(target: PlannedTarget, tell: (target: string, messages: number) => void): PlannedTarget {
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
          tell(target.name, connection.strayMessages ?? 0)
          await close()
        }
        return connection
      },
    },
  }
}
