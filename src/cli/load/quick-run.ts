/** A scenario from flags alone: an address, and what its protocol usually carries. */
import { connectorNamed, DEFAULT_PROTOCOL, protocolOfAddress } from '../../connectors/index.ts'
import { UsageError } from '../../errors.ts'
import { quickRequest } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'

type Raw = Record<string, unknown>

/** One user, once per second, for a minute: what nobody has chosen must not flood anybody. */
const LOAD = [{ users: 1, pace: '1/s', for: '60s' }]

/** What a run without a file starts from; the other flags are laid over it. @throws UsageError when there is no address */
export function quickRun(flags: RunFlags): Raw {
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
