/** Recognises replies that refuse to answer, by certain phrases. */
import { once } from '../text/once.ts'

/** The number of characters at the beginning of a reply that are searched for a refusal. */
const BEGINNING = 400
/** Matches white space that is not a single space. */
const UNEVEN_SPACE = /\s*[^\S ]\s*| {2,}/g

/** Phrases of refusals, by language, in lower case and with straight apostrophes. Each is long enough not to occur in an answer that helps. */
const PHRASES: Readonly<Record<string, readonly string[]>> = {
  en: [
    "i can't help with",
    'i cannot help with',
    "i can't help you with",
    'i cannot help you with',
    "i can't assist",
    'i cannot assist',
    "i can't do that",
    'i cannot do that',
    "i can't provide",
    'i cannot provide',
    "i can't comply",
    'i cannot comply',
    "i can't fulfill",
    'i cannot fulfill',
    "i can't answer",
    'i cannot answer',
    "i can't discuss",
    'i cannot discuss',
    "i can't share",
    'i cannot share',
    "i can't create",
    'i cannot create',
    "i can't generate",
    'i cannot generate',
    "i can't engage",
    'i cannot engage',
    "i won't be able to",
    'i will not be able to',
    "i'm unable to",
    'i am unable to',
    "i'm not able to",
    'i am not able to',
    "i'm not allowed to",
    'i am not allowed to',
    "i'm sorry, but i can",
    'i am sorry, but i can',
    "sorry, i can't",
    'sorry, i cannot',
    'i must decline',
    'i have to decline',
    'i must refuse',
    'i have to refuse',
    'as an ai language model',
    "as an ai, i can't",
    'as an ai, i cannot',
    'against my guidelines',
    'violates my guidelines',
    'against my programming',
  ],
  de: [
    'dabei kann ich nicht helfen',
    'dabei kann ich ihnen nicht helfen',
    'dabei kann ich dir nicht helfen',
    'ich kann dabei nicht helfen',
    'ich kann ihnen dabei nicht',
    'ich kann dir dabei nicht',
    'das kann ich nicht beantworten',
    'ich kann diese anfrage nicht',
    'ich kann ihre anfrage nicht',
    'ich kann deine anfrage nicht',
    'ich darf ihnen keine',
    'ich darf dir keine',
    'als ki kann ich',
    'als ki-sprachmodell',
  ],
  es: [
    'no puedo ayudarte con',
    'no puedo ayudarle con',
    'no puedo ayudar con',
    'no puedo proporcionar',
    'no puedo cumplir con',
    'no puedo responder a',
    'lo siento, pero no puedo',
    'como modelo de lenguaje',
  ],
  fr: [
    'je ne peux pas vous aider',
    "je ne peux pas t'aider",
    'je ne peux pas répondre à',
    'je ne peux pas fournir',
    'je ne suis pas en mesure de',
    'désolé, mais je ne peux pas',
    'en tant que modèle de langage',
  ],
  it: ['non posso aiutarti', 'non posso aiutarla', 'non posso fornire', 'mi dispiace, ma non posso', 'non sono in grado di'],
  pt: ['não posso ajudar', 'não posso fornecer', 'desculpe, mas não posso', 'não consigo ajudar'],
}

/** The phrases as they are searched for. `any` matches each of them, ten times faster than one search after the other. */
const known = once(() => {
  const phrases = Object.values(PHRASES).flat().map(folded)
  // They have no characters with a meaning in regular expressions.
  return { phrases, any: new RegExp(phrases.join('|')) }
})

/**
 * Returns the phrase in the first 400 characters of a reply that shows that it refuses to answer; undefined when there is none. Knows
 * phrases in English, German, Spanish, French, Italian and Portuguese, and those in `more`. Ignores case, kinds of apostrophes and white
 * space.
 */
export function refusalIn(text: string, more: readonly string[] = []): string | undefined {
  const beginning = folded(text.slice(0, BEGINNING))
  const has = (phrase: string) => beginning.includes(phrase)
  const { phrases, any } = known()
  return (any.test(beginning) ? phrases.find(has) : undefined) ?? more.map(folded).find((phrase) => phrase !== '' && has(phrase))
}

function folded(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’‘ʼ`´]/g, "'")
    .replace(UNEVEN_SPACE, ' ')
    .trim()
}
