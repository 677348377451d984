/** The path grammar of older scenario files: an optional `$.`, names and numbers between dots, indexes in brackets. */

const STEP = /\.?(?:([^.[\]'"\s()?,@$*]+)|(\*))|\[(-?\d+|\*|'[^'\\]*'|"[^"\\]*")\]/y

/** The RFC 9535 form of an older path; undefined when it is none of theirs, or a standard path already. */
export function legacyToRfc(source: string): string | undefined {
  const rest = source.replace(/^\$/, '')
  const dotted = source.startsWith('$')
  // Only a number between dots, as in `$.choices.0.text`, sets an older path with a `$` apart from a standard one.
  if (source === '' || (dotted && !/\.\d+(?=[.[]|$)/.test(rest))) return undefined
  let path = '$'
  STEP.lastIndex = 0
  while (STEP.lastIndex < rest.length) {
    const start = STEP.lastIndex
    const step = STEP.exec(rest)
    if (!step || (rest[start] !== '.' && rest[start] !== '[' && (start > 0 || dotted))) return undefined
    if (start === 0 && !dotted && rest[0] === '.') return undefined
    path += selector(step)
  }
  return path
}

function selector([, name, star, bracket]: RegExpExecArray): string {
  if (bracket !== undefined) return `[${bracket}]`
  if (star !== undefined || name === undefined) return '[*]'
  // The older engine read `a.0` from lists and from objects alike; a union of both selectors finds the same.
  return /^\d+$/.test(name) ? `[${Number(name)},'${name}']` : `['${name}']`
}
