/** A request body that is sent as a form of parts (multipart/form-data) instead of JSON. */
export interface FormBody {
  readonly 'multipart/form-data': readonly FormPart[]
}

/** One part of a form body: a field with its value, or a file with its content. */
type FormPart =
  | { readonly name: string; readonly value: string | number | boolean }
  | { readonly name: string; readonly file: string; readonly type?: string; readonly content: Buffer }

/** True for a request body that is to be sent as a form (multipart/form-data). */
export function isFormBody(body: unknown): body is FormBody {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'multipart/form-data')
}
