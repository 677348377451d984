/** A scenario from flags alone: an address, and what its protocol usually carries. */
import { DEFAULT_PROTOCOL, protocolOfAddress } from '../../connectors/index.ts'
import { UsageError } from '../../errors.ts'
import { quickRequest } from './quick-request.ts'
import type { RunFlags } from './run-flags.ts'

type Raw = Record<string, unknown>

const METRICS = ['HEARTBEAT', 'METRICS']

/** The step of a quick run, by protocol. Made-up readings where the protocol has no request of its own. */
const STEPS: Readonly<Record<string, Raw>> = {
  http: { request: { method: 'GET' } },
  sse: { message: 'Hello' },
  websocket: { request: { json: '{{payload}}' }, payload: { types: METRICS, envelope: 'sync_data' } },
  mqtt: { request: { publish: { payload: { json: '{{payload}}' } } }, payload: { types: METRICS, envelope: 'graphql' } },
  grpc: { request: { message: {} } },
}

/** Where Stream Testbench goes when it is told no address; its recipes for CI rely on it. */
const DEFAULT_ADDRESSES: Readonly<Record<string, string>> = {
  websocket: 'ws://localhost:8000/ws/mobile/sync/',
  mqtt: 'mqtt://localhost:1883/graphql/mutation',
}

/** One user, once per second, for a minute: what nobody has chosen must not flood anybody. */
const LOAD = [{ users: 1, pace: '1/s', for: '60s' }]

/** What a run without a file starts from; the other flags are laid over it. @throws UsageError when there is no address */
export function quickRun(flags: RunFlags): Raw {
  const { endpoint, preset, message } = flags
  const usual = preset === undefined && endpoint === undefined ? DEFAULT_ADDRESSES[flags.protocol ?? ''] : undefined
  if (endpoint === undefined && preset === undefined && usual === undefined) {
    throw new UsageError('nothing to run: name a scenario file, or an address with -e', 'burn run scenarios/quickstart.yaml')
  }
  const protocol = flags.protocol ?? protocolOfAddress(endpoint ?? '') ?? DEFAULT_PROTOCOL
  const chat = message !== undefined || preset !== undefined || endpoint === 'mock:'
  const target = usual === undefined ? grpcTarget(protocol, endpoint ?? '') : { url: usual }
  const step = quickRequest(flags, protocol) ?? (chat ? { message: 'Hello' } : STEPS[protocol]) ?? STEPS.http
  return { name: 'quick run', target, load: LOAD, steps: [step] }
}

/** `grpc://host:port/pkg.Service/Method` names what to call, as the path of a gRPC request does. */
function grpcTarget(protocol: string, endpoint: string): Raw {
  if (protocol !== 'grpc') return {}
  const [, service, method] = /^(?:grpcs?:\/\/)?[^/]+\/([\w.]+)\/(\w+)$/i.exec(endpoint) ?? []
  return service === undefined ? {} : { grpc: { service, method } }
}
