import { connectors } from '../../connectors/index.ts'
import { presets } from '../../dialects/presets.ts'
import { reportFormats } from '../../report/index.ts'
import { builtInProfiles } from '../../scenario/layers/profiles.ts'
import { problemCodes } from '../../scenario/pages.ts'
import { templateNames } from '../../templates/index.ts'
import { suiteNames } from '../../templates/suite.ts'
import type { KnownWords } from './words.ts'

/**
 * Returns the words that shell completion offers and that the definitions of commands do not contain, such as the names of presets. The key is the
 * flag or the command after which they are offered.
 */
export function knownWords(): KnownWords {
  return {
    '--preset': Object.keys(presets),
    '--protocol': Object.keys(connectors),
    '--profile': Object.keys(builtInProfiles),
    '--report': Object.keys(reportFormats),
    generate: [...templateNames, ...suiteNames],
    '--template': [...templateNames, ...suiteNames],
    explain: problemCodes(),
  }
}
