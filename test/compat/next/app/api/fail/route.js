import { fail } from '../../../fail'

export const GET = fail
