import { applyDecorators, Param, type PipeTransform } from '@nestjs/common'
import { ApiParam } from '@nestjs/swagger'
import { Problem } from '#platform'

const longestName = 64
const rule = `must be 1 to ${longestName} characters out of A-Z, a-z, 0-9, ".", "_" and "-"`

/** Checks a consumer's name out of a path; it comes in percent-decoded. */
const namePipe: PipeTransform<string, string> = {
  transform: (name) => {
    if (name.length > longestName || !/^[\w.-]+$/.test(name))
      throw new Problem({ type: 'invalid-request', detail: `name ${rule}.`, errors: { name: [rule] } })
    return name
  },
}

/** The `{name}` of a path. */
export const ConsumerName = () => Param('name', namePipe)

/** Tells the API page of it. */
export const HasConsumerName = () =>
  applyDecorators(ApiParam({ name: 'name', type: String, description: `Name of the consumer: it ${rule}.` }))
