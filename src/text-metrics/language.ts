/** Finds out the script and the language of a text. */
import { once } from '../text/once.ts'
import { wordsOf } from './words.ts'

/** The scripts that are recognised, with their letters as regular expressions. */
const scripts = once(() => ({
  Latin: /\p{sc=Latin}/gu,
  Cyrillic: /\p{sc=Cyrillic}/gu,
  Greek: /\p{sc=Greek}/gu,
  Arabic: /\p{sc=Arabic}/gu,
  Hebrew: /\p{sc=Hebrew}/gu,
  Devanagari: /\p{sc=Devanagari}/gu,
  Bengali: /\p{sc=Bengali}/gu,
  Tamil: /\p{sc=Tamil}/gu,
  Thai: /\p{sc=Thai}/gu,
  Han: /\p{sc=Han}/gu,
  Kana: /[\p{sc=Hiragana}\p{sc=Katakana}]/gu,
  Hangul: /\p{sc=Hangul}/gu,
}))

const NOT_ASCII = /[^\x00-\x7f]/

/** The name of a writing system that is recognised, such as `Latin`. */
type Script = keyof ReturnType<typeof scripts>

/** Shares of the letters of a text, 0 to 1, by script; scripts without a letter are left out. */
type ScriptShares = Readonly<Partial<Record<Script, number>>>

/**
 * Returns which fraction of a text's letters belongs to each script (writing system, such as Latin) that is recognised; scripts that do not occur are
 * left out. Null when there are no letters.
 */
export function scriptShares(text: string): ScriptShares | null {
  if (!NOT_ASCII.test(text)) return /[a-z]/i.test(text) ? { Latin: 1 } : null
  const all = text.match(/\p{L}/gu)?.length ?? 0
  if (all === 0) return null
  const latin = text.match(/[a-z]/gi)?.length ?? 0
  if (latin === all) return { Latin: 1 }
  const rest = text.replace(/[\x00-\x7f]+/g, '')
  const counts = (Object.entries(scripts()) as [Script, RegExp][]).map(([script, letters]) => {
    const count = (rest.match(letters)?.length ?? 0) + (script === 'Latin' ? latin : 0)
    return [script, count / all] as const
  })
  return Object.fromEntries(counts.filter(([, share]) => share > 0))
}

/** A language: its scripts, and its most frequent short words, which distinguish it from other languages with the same script. */
interface Language {
  /** The scripts of the language. If there are several, every text has letters of the first. */
  readonly scripts: readonly Script[]
  readonly common?: ReadonlySet<string>
}

const latin = (words: string): Language => ({ scripts: ['Latin'], common: new Set(words.split(' ')) })
const cyrillic = (words: string): Language => ({ scripts: ['Cyrillic'], common: new Set(words.split(' ')) })

/** The languages that are recognised, by their code (ISO 639-1). */
const LANGUAGES: Readonly<Record<string, Language>> = {
  en: latin('the of and to in is you that it for was on are with as your be this have from or at not but by what can we if will'),
  de: latin(
    'der die und das ist nicht ich sie zu den mit ein eine auf es für sich dem im von auch werden wird ihre des oder als bei wenn kann',
  ),
  fr: latin(
    'le la les et des est une vous dans que pour pas qui sur avec ce il plus au du en votre sont cette par ou nous être je ne',
  ),
  es: latin('el la los las de que y en es un una por con para su se lo como más pero del al si está tu puede este sus no le'),
  it: latin('il di che e la per un è in non una sono con si da del le come della più gli al nel ma i alla questo può o lo'),
  pt: latin('o de que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua você ou está'),
  nl: latin(
    'de het een van en in is dat op te zijn met voor niet je aan er ook als bij u maar om door kan worden naar of deze uw',
  ),
  sv: latin('och att det i en som är på för av med den till inte har de om ett du kan ska vi din från eller så när men vara'),
  pl: latin('w i na z nie się do to że jest o jak po co za od przez dla są ale być czy tak lub może ze tego aby oraz jego'),
  tr: latin(
    've bir bu için da de ile çok olarak daha olan gibi en kadar ne var ya sonra değil veya ama her bunu siz mi olup ise şu',
  ),
  id: latin('yang dan di untuk dengan ini dari dalam tidak anda itu pada akan adalah bisa atau ke saya juga dapat kami oleh ada'),
  vi: latin('và của là có cho không được các với một bạn trong này đã người những khi để như từ ở nếu cũng thể tôi'),
  ru: cyrillic('и в не на что с по это как вы для из но или от если же мы так можно есть его к у за бы вам при ваш'),
  uk: cyrillic('і в не на що з та це як ви для із але або від якщо ми так можна є його до у за би вам при ваш й'),
  el: { scripts: ['Greek'] },
  ar: { scripts: ['Arabic'] },
  fa: { scripts: ['Arabic'] },
  he: { scripts: ['Hebrew'] },
  hi: { scripts: ['Devanagari'] },
  bn: { scripts: ['Bengali'] },
  ta: { scripts: ['Tamil'] },
  th: { scripts: ['Thai'] },
  zh: { scripts: ['Han'] },
  ja: { scripts: ['Kana', 'Han'] },
  ko: { scripts: ['Hangul', 'Han'] },
}

/** The codes of the languages that `languageMatch` recognises, such as `en`. */
export const LANGUAGE_CODES: readonly string[] = Object.keys(LANGUAGES)

/** The smallest share of letters in the scripts of a language, because a text may contain names and code in other scripts. */
const MIN_SHARE = 0.5
/** The smallest number of words for which frequent words are compared. MIN_COMMON is the smallest share of frequent words. */
const MIN_WORDS = 12
const MIN_COMMON = 0.1
/** How many times as frequent the words of another language must be for the text to count as that language. */
const CLEARLY = 1.5

/** The outcome of comparing a text with the language that it should be in. */
interface LanguageMatch {
  readonly matches: boolean
  /** A description of what was found, such as `Latin 92 %, looks like de`. */
  readonly found: string
}

/**
 * Checks whether a text can be in the language with the code `code`, and describes what was found, such as `Latin 92 %, looks like de`. The script
 * (writing system) decides. Languages in Latin or Cyrillic script are also told apart by their frequent short words, if the text has twelve words or
 * more. Null for an unknown code, or a text without letters.
 */
export function languageMatch(text: string, code: string): LanguageMatch | null {
  const language = LANGUAGES[code]
  const shares = scriptShares(text)
  if (!language || !shares) return null
  const own = language.scripts.reduce((sum, script) => sum + (shares[script] ?? 0), 0)
  // Chinese, Japanese and Korean share characters; the other two have letters of their own between them.
  const lacksOwn = language.scripts.length > 1 && (shares[language.scripts[0] ?? 'Han'] ?? 0) < 0.05
  const inScript = own >= MIN_SHARE && !lacksOwn && !(code === 'zh' && (shares.Kana ?? 0) > 0.1)
  const other = inScript ? clearlyOther(text, code, language) : undefined
  const found = `${mostOf(shares)}${other === undefined ? '' : `, looks like ${other}`}`
  return { matches: inScript && other === undefined, found }
}

/** Returns the language of the same script to which a text clearly belongs instead; undefined when there is none or the text has too few words. */
function clearlyOther(text: string, code: string, { scripts, common }: Language): string | undefined {
  if (!common) return undefined
  const best = bestOf(wordsOf(text), scripts[0])
  if (best === undefined || best.code === code) return undefined
  return best.share > CLEARLY * best.shareOf(code) ? best.code : undefined
}

/** For each frequent word, the languages to which it belongs. */
const languagesOf = once(() => {
  const codes = new Map<string, string[]>()
  for (const [code, { common }] of Object.entries(LANGUAGES))
    for (const word of common ?? []) codes.set(word, [...(codes.get(word) ?? []), code])
  return codes
})

function bestOf(words: readonly string[], script: Script | undefined) {
  if (words.length < MIN_WORDS) return undefined
  const counts = new Map<string, number>()
  const known = languagesOf()
  for (const word of words) {
    const codes = known.get(word)
    if (codes !== undefined) for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const shareOf = (code: string) => (counts.get(code) ?? 0) / words.length
  let best: { readonly code: string; readonly share: number } | undefined
  for (const code of counts.keys()) {
    if (LANGUAGES[code]?.scripts[0] !== script) continue
    const share = shareOf(code)
    if (share >= MIN_COMMON && share > (best?.share ?? 0)) best = { code, share }
  }
  return best && { ...best, shareOf }
}

/**
 * Returns the code of a text's language if its script is Latin or Cyrillic, and the name of the script if it is another one; undefined when the
 * language or the script is not clear, or a text in these two scripts has fewer than twelve words. `words` can pass the words of the text if they are
 * known already.
 */
export function languageOf(text: string, words: readonly string[] = wordsOf(text)): string | undefined {
  const shares = scriptShares(text)
  if (!shares) return undefined
  const [script, share] = mostShare(shares)
  if (share < 0.8) return undefined
  if (script === 'Latin' || script === 'Cyrillic') return bestOf(words, script)?.code
  return script
}

const mostShare = (shares: ScriptShares) =>
  (Object.entries(shares) as [Script, number][]).reduce((most, one) => (one[1] > most[1] ? one : most))

function mostOf(shares: ScriptShares): string {
  const entries = Object.entries(shares)
  if (entries.length === 0) return 'a script that is not known'
  const [script, share] = mostShare(shares)
  return `${script} ${Math.round(100 * share)} %`
}
