// The stack under test: run.sh starts one and passes its URLs.

export async function stack(url = process.env.FLASH_WEB_URL) {
  if (!url) throw new Error("FLASH_WEB_URL is not set: run make test-web, which starts a stack, or name a running one");
  return {
    url: url.replace(/\/$/, ""),
    oracle: (process.env.FLASH_ORACLE_URL ?? "http://127.0.0.1:9090").replace(/\/$/, ""),
    /** Where its settings and databases are, and where its programs are. */
    folder: process.env.FLASH_STACK_FOLDER,
    programs: process.env.FLASH_PROGRAMS,
  };
}
