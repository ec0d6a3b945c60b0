import { fail } from '../../../fail'

export default fail
