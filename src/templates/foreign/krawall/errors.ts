import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import type { ForeignFields } from '../common/fields.ts'

/** Converts the block `errorHandling` of a Krawall file to burn's `onError`; undefined without that block, because both tools then go on after errors. */
export function onErrorBlock(fields: ForeignFields): Data | undefined {
  if (fields.keys().length === 0) return undefined
  const word = actionOf(fields.text('onError') ?? 'skip')
  const retry = retryBlock(fields.map('retryConfig'))
  const rules = fields
    .list('statusCodeRules')
    .filter(isMap)
    .map((rule) => ruleOf(rule, retry))
  fields.finish()
  const needed = word === 'retry' || rules.some(({ do: action }) => action === 'retry')
  return { default: word, ...(retry && needed ? { retry } : {}), ...(rules.length > 0 ? { rules } : {}) }
}

/** Converts an action on errors of the tool Krawall to burn's. `abort` ends one user's session there, which is an iteration in burn. */
function actionOf(word: string): string {
  return ['skip', 'abort', 'retry'].includes(word) ? word : 'skip'
}

function retryBlock(config: ForeignFields): Data | undefined {
  if (config.keys().length === 0) return undefined
  const block = {
    max: config.number('maxRetries') ?? 3,
    delay: `${config.number('delayMs') ?? 1000}ms`,
    multiplier: config.number('backoffMultiplier') ?? 1.5,
    maxDelay: `${config.number('maxDelayMs') ?? 30_000}ms`,
    jitter: false,
  }
  config.finish()
  return block
}

function ruleOf(rule: Data, retry: Data | undefined): Data {
  const { codes, action, retryConfig } = rule
  const own = isMap(retryConfig) ? retryConfig : {}
  const changed = {
    ...(typeof own.maxRetries === 'number' ? { max: own.maxRetries } : {}),
    ...(typeof own.delayMs === 'number' ? { delay: `${own.delayMs}ms` } : {}),
  }
  const more = action === 'retry' && Object.keys(changed).length > 0 ? { retry: { ...retry, ...changed } } : {}
  return { status: Array.isArray(codes) ? codes : [codes], do: actionOf(String(action)), ...more }
}
