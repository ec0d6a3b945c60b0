import type { LabelClass } from '@quipu/catalog/builtin'

/** The values that each label class accepts, and the treatment of other values. */
export const labelClasses: { readonly [C in LabelClass]: readonly [accepts: string, otherwise: string] } = {
  name: ['identifier-like: letters, digits, `_ . : / + -`', '`other`'],
  text: ['any Unicode without control or bidi characters', 'characters are removed'],
  model: ['a model id: as `name`, also `@ ( ) [ ]`, few spaces', '`other`'],
  tool: ['a tool name: as `name`, without `/`', '`other`'],
  route: ['a route template (`/users/:id`), never a query', '`unmatched`'],
  method: ['a known HTTP method, upper-cased', '`OTHER`'],
  status: ['a status code from 100 to 599', '`other`'],
  errorType: ['letters, digits, `_ . -`, 64 at most; never text', '`other`'],
  mime: ['a media type, its parameters removed', '`other`'],
  host: ['a host name or address', '`other`'],
  id: ['anything; kept only as a keyed pseudonym', '–'],
}
