/** The forms in which a secret may occur in requests, replies and reports. */

const BASE64_DIGIT = '[A-Za-z0-9+/_-]'
/** The smallest length in characters from which each line of a multi-line secret, such as a private key, counts as a secret too. */
const MIN_LINE_LENGTH = 16

/**
 * The number of characters at the beginning of each form of a secret for which a text is searched first when there are many forms. That is fast, and
 * the regular expression that follows then needs only the forms whose first characters occur.
 */
export const ANCHOR_LENGTH = 6

/**
 * Returns the forms in which a secret may occur in a text: plain, and in encodings such as Base64. The keys are regular expressions, one for each
 * form. The values are the first `ANCHOR_LENGTH` characters of the forms, in lower case, by which a search finds candidates fast.
 */
export function secretForms(secret: string): Map<string, string> {
  const forms = new Map<string, string>()
  const anchor = (text: string) => text.slice(0, ANCHOR_LENGTH).toLowerCase()
  for (const value of new Set([secret, secret.trim(), ...longLines(secret)])) {
    for (const text of textForms(value)) forms.set(quote(text), anchor(text))
    // A header or body may have become JSON before it was encoded; then the secret is encoded in its JSON form.
    for (const text of new Set([value, JSON.stringify(value).slice(1, -1)])) {
      for (const form of percentForms(text)) forms.set(quote(form), anchor(form))
      for (const { pattern, core } of base64Forms(text, 1)) {
        forms.set(pattern, anchor(core))
        // Credentials of `Authorization: Basic` in a header that comes back in base64. Each layer makes six times as many forms, so there are two.
        for (const twice of base64Forms(core, 2)) forms.set(twice.pattern, anchor(twice.core))
      }
      const hex = Buffer.from(text).toString('hex')
      forms.set(`(?:${anyCase(hex)})`, anchor(hex))
    }
  }
  return forms
}

function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/)
  return lines.length === 1
    ? []
    : lines.map((line) => line.trim()).filter((line) => line.length >= MIN_LINE_LENGTH && !line.startsWith('-----'))
}

function textForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const slashed = json.replaceAll('/', '\\/')
  const ascii = json.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const scriptSafe = json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
  // A reply that quotes its request, printed as JSON, has three layers of it.
  const quoted = (form: string) => JSON.stringify(form).slice(1, -1)
  const full = [escapedJson(secret, /[\s\S]/, false), escapedJson(secret, /[\s\S]/, true)]
  const twice = [json, slashed, ascii, ...full].map(quoted)
  const cautious = [...[escapedJson(secret, /[<>&=']/, false), escapedJson(secret, /[<>&'"+`]|[^ -~]/, true)], ...full]
  return [secret, json, slashed, ascii, scriptSafe, ...cautious, ...twice, ...twice.map(quoted), ...htmlForms(secret)]
}

/**
 * Returns patterns for JSON in which more characters are escaped than necessary, up to all of them, with lower-case digits as Gson writes them or
 * upper-case ones as System.Text.Json of .NET does.
 */
function escapedJson(secret: string, more: RegExp, upper: boolean): string {
  const code = (unit: string) => unit.charCodeAt(0).toString(16).padStart(4, '0')
  return secret
    .split('')
    .map((unit) => (more.test(unit) ? `\\u${upper ? code(unit).toUpperCase() : code(unit)}` : JSON.stringify(unit).slice(1, -1)))
    .join('')
}

function percentForms(secret: string): string[] {
  const standard = encodeURIComponent(secret.toWellFormed())
  const strict = standard.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  // An address within an address is encoded twice.
  const twice = [standard, form].map(encodeURIComponent)
  const upper = [standard, strict, strict.replaceAll('%20', '+'), form, encodeURI(secret.toWellFormed()), ...twice]
  return upper.flatMap((text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])
}

function htmlForms(secret: string): string[] {
  const base = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quotes = ['&quot;', '&#34;', '&#x22;', '"']
  const apostrophes = ['&#39;', '&#x27;', '&apos;', "'"]
  const usual = quotes.flatMap((double) => apostrophes.map((single) => base.replaceAll('"', double).replaceAll("'", single)))
  return [...usual, ...entityForms(secret, base.replaceAll('"', '&quot;'))]
}

/**
 * Returns the secret with HTML entities: as Handlebars and Mustache write it, and with a number for every character that is not a letter or digit.
 */
function entityForms(secret: string, base: string): string[] {
  const hex = (text: string) => text.replace(/[`=]/g, (char) => `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`)
  const numbers = (write: (code: number) => string) => secret.replace(/[^A-Za-z0-9]/gu, (char) => write(char.codePointAt(0) ?? 0))
  return [
    hex(base.replaceAll("'", '&#x27;')),
    hex(base.replaceAll("'", '&#39;').replaceAll('/', '&#x2F;')),
    numbers((code) => `&#${code};`),
    numbers((code) => `&#x${code.toString(16)};`),
    numbers((code) => `&#x${code.toString(16).toUpperCase()};`),
  ]
}

/**
 * Returns patterns for a secret in base64, where it may begin at three places within a group of digits, as behind `user:`. Only digits that depend on
 * the secret alone are compared. Digits at its edges, which it shares with neighbouring text, are masked too: one, or two with `layers` 2 (base64 of
 * base64).
 */
function base64Forms(secret: string, layers: 1 | 2): { pattern: string; core: string }[] {
  const bytes = Buffer.from(secret)
  const edge = `${BASE64_DIGIT}{0,${layers}}`
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const core = digits.slice(first, last)
    const before = layers > 1 || offset > 0 ? edge : ''
    const after = layers > 1 || (offset + bytes.length) % 3 > 0 ? `${edge}={0,2}` : ''
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')].map((text) => ({
      pattern: before + quote(text) + after,
      core: text,
    }))
  })
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
