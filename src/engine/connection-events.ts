import type { ConnectionEvents } from '../connectors/wire/connector.ts'
import type { Recorder } from '../metrics/recorder.ts'

/** Returns the callbacks that a connector calls about connections (opened, lost …); each call is counted in the recorder of the run. */
export function connectionEvents(recorder: Recorder): ConnectionEvents {
  const { connections } = recorder
  return {
    opened: (times) => connections.opened(times),
    openFailed: () => connections.openFailed(),
    lost: (_failureClass, inFlight) => connections.wasLost(inFlight),
    reconnected: (downMs) => connections.reconnected(downMs),
    closed: () => connections.closed(),
    goaway: () => {
      connections.goaways += 1
    },
  }
}
