// The stack that is played on: run.sh starts one and says where it is.

export async function stack(url = process.env.FLASH_WEB_URL) {
  if (!url) throw new Error("where is the page? make test-web starts a stack; FLASH_WEB_URL names one that is up");
  return {
    url: url.replace(/\/$/, ""),
    oracle: (process.env.FLASH_ORACLE_URL ?? "http://127.0.0.1:9090").replace(/\/$/, ""),
    /** Where it keeps its settings and databases, and where its programs are. */
    folder: process.env.FLASH_STACK_FOLDER,
    programs: process.env.FLASH_PROGRAMS,
  };
}
