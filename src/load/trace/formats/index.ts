import { azureLlm } from './azure-llm.ts'
import { burstGpt } from './burstgpt.ts'
import type { TraceFormat } from './format.ts'
import { mooncake } from './mooncake.ts'
import { own } from './own.ts'
import { shareGpt } from './sharegpt.ts'

/** All formats of trace files. The setting `format` selects one by its name. */
export const traceFormats: readonly TraceFormat[] = [own, mooncake, azureLlm, burstGpt, shareGpt]
