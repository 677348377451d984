import type { ConnectionEvents } from '../connectors/wire/connector.ts'
import type { Recorder } from '../metrics/recorder.ts'
import type { HookCalls } from './user/hooks/hook-calls.ts'

/** Returns the callbacks that a connector calls about its connections (opened, lost …). Each call is counted in the recorder of the run. */
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

/**
 * Returns the callbacks that a connector calls about its connections (opened, lost …). Each calls the same callback of `events`, and then the hook
 * `onConnect` or `onDisconnect` of plugins. `of` holds facts that the hooks get as well, such as the user and the target.
 */
export function hookedEvents(events: ConnectionEvents, calls: HookCalls, of: object): ConnectionEvents {
  return {
    ...events,
    opened: (times) => {
      events.opened(times)
      calls.notify('onConnect', { ...of, again: false, times: { ...times } })
    },
    reconnected: (downMs) => {
      events.reconnected(downMs)
      calls.notify('onConnect', { ...of, again: true, downMs })
    },
    lost: (failureClass, inFlight) => {
      events.lost(failureClass, inFlight)
      calls.notify('onDisconnect', { ...of, lost: true, reason: failureClass, inFlight })
    },
    closed: () => {
      events.closed()
      calls.notify('onDisconnect', { ...of, lost: false, reason: 'closed', inFlight: 0 })
    },
  }
}
