/** That a request was answered with one of the documented 5xx; whether it may be, the answers tell. */
const documented = /"statusCode":50[23]\b.*"msg":"request errored"/

/** Lines of a program's output that say that something went wrong which was not meant to. */
export const errorsIn = (output: string): string[] =>
  output
    .split('\n')
    .filter((line) => /"level":[56]0\b|^\s+at |unhandled/i.test(line) && !documented.test(line))
    .map((line) => line.slice(0, 1500))
    .slice(0, 20)
