import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Returns the items of a list in a Postman collection that the user has not disabled; empty if `value` is no list. */
export function enabled(value: unknown): Data[] {
  return Array.isArray(value) ? value.filter(isMap).filter(({ disabled }) => disabled !== true) : []
}

/**
 * Returns the address of a Postman request (its `url`, a text or a map) without its fragment, and with the path variables and enabled query
 * parameters of a map filled in. A path variable without a value gets a note, in which `where` names the request.
 */
export function postmanUrl(value: unknown, where: string, notes: string[]): string {
  if (!isMap(value)) return textOf(value)
  const raw = textOf(value.raw) || assembled(value)
  const [bare = '', query = ''] = raw.replace(/#.*$/s, '').split(/\?(.*)/s)
  const parameters = Array.isArray(value.query) ? queryOf(enabled(value.query)) : query
  return withPathVariables(bare, value.variable, where, notes) + (parameters === '' ? '' : `?${parameters}`)
}

/** Builds an address from its parts, for a request without `raw`; each part may be a text or a list. */
function assembled({ protocol, host, port, path, query }: Data): string {
  const name = list(host).join('.')
  const scheme = textOf(protocol) === '' || name.includes('://') ? '' : `${textOf(protocol).replace(/:?\/*$/, '')}://`
  const below = list(path).join('/')
  const slash = below === '' || below.startsWith('/') ? '' : '/'
  const parameters = typeof query === 'string' && query !== '' ? `?${query}` : ''
  return `${scheme}${name}${textOf(port) === '' ? '' : `:${textOf(port)}`}${slash}${below}${parameters}`
}

function list(value: unknown): string[] {
  if (!Array.isArray(value)) return [textOf(value)]
  return value.map((part) => (isMap(part) ? textOf(part.value) : textOf(part)))
}

function queryOf(fields: readonly Data[]): string {
  return fields
    .map(({ key, value }) => (value === null || value === undefined ? textOf(key) : `${textOf(key)}=${textOf(value)}`))
    .filter((pair) => pair !== '')
    .join('&')
}

/** Returns the address of a Postman request with its path variables (`/:name`) filled in. */
function withPathVariables(url: string, variables: unknown, where: string, notes: string[]): string {
  const values = new Map(enabled(variables).map(({ key, id, value }) => [textOf(key) || textOf(id), textOf(value)]))
  return url.replace(/\/:([^/]+)/g, (all, name: string) => {
    const value = values.get(name)
    if (value === undefined || value === '') notes.push(`${where}: the path variable :${name} has no value`)
    return value === undefined ? all : `/${value}`
  })
}
