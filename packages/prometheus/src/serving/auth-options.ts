import { either, group, listOf, type OptionsOf, option, text } from '@quipu/catalog/options'

/** A header carries visible ASCII only: any other token could never match. */
const token = text({ expected: 'a token of visible ASCII characters', pattern: /^[\x21-\x7e]+$/ })

const basicOptions = group({
  /** User name; RFC 7617 allows no colon in it. */
  username: option(text({ expected: 'a text without colon or control characters', pattern: /^[^:\p{Cc}]+$/u }), {
    required: true,
    secret: true,
  }),
  /** Password. */
  password: option(text({ expected: 'a text without control characters', pattern: /^\P{Cc}+$/u }), {
    required: true,
    secret: true,
  }),
})

/** Credentials that open the pages. Several of a kind allow a secret to be changed without a gap. */
export const authOptions = group({
  /** Bearer tokens. */
  bearer: option(either(token, listOf(token, { min: 1 })), {
    secret: true,
    example: "auth: { bearer: 'a token of letters and digits' }",
  }),
  /** User names with passwords. */
  basic: option(either(basicOptions, listOf(basicOptions, { min: 1 })), {
    secret: true,
    example: "auth: { basic: { username: 'prometheus', password } }",
  }),
})

export type BasicCredentials = OptionsOf<typeof basicOptions.fields>

/** Credentials that open the pages: any one of them is enough. */
export type Auth = OptionsOf<typeof authOptions.fields>
