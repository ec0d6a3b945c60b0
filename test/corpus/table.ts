export { clients } from './clients.js'

import { situations as all } from './situations.js'

export const situations = all.map(({ name }) => name)
