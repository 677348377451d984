import { connectorNamed, DEFAULT_PROTOCOL, protocolOfAddress } from '../../connectors/index.ts'
import { UsageError } from '../../errors.ts'
import type { JsonDraft } from '../../text/json.ts'
import { quickRequest } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'

/** The load when the user chose none: one user, one iteration per second, one minute, so that no target is flooded by accident. */
const LOAD = [{ users: 1, pace: '1/s', for: '60s' }]

/** Returns the scenario of a run without a file, before other flags apply. @throws UsageError without an address or preset */
export function quickRun(flags: RunFlags): JsonDraft {
  const { endpoint, preset, message } = flags
  const usual = preset === undefined && endpoint === undefined ? connectorNamed(flags.protocol ?? '')?.sample?.url : undefined
  if (endpoint === undefined && preset === undefined && usual === undefined) {
    throw new UsageError('nothing to run: name a scenario file, or an address with -e', 'burn run scenarios/quickstart.yaml')
  }
  const protocol = flags.protocol ?? protocolOfAddress(endpoint ?? '') ?? DEFAULT_PROTOCOL
  const chat = message !== undefined || preset !== undefined || endpoint === 'mock:'
  const sample = connectorNamed(protocol)?.sample
  const target = usual === undefined ? sample?.target?.(endpoint ?? '') : { url: usual }
  const step = quickRequest(flags, protocol) ?? (chat ? undefined : sample?.step) ?? { message: 'Hello' }
  return { name: 'quick run', target: target ?? {}, load: LOAD, steps: [step] }
}
