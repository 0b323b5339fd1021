// The keys of the development wallet. They are in this browser's storage, and only for networks with a friendbot.

export interface DevKey {
  name: string;
  address: string;
  secret: string;
}

const STORAGE_KEY = "flash.devkeys";

export function devKeys(passphrase: string): DevKey[] {
  try {
    const stored = JSON.parse(localStorage.getItem(`${STORAGE_KEY}:${passphrase}`) ?? "[]") as unknown;
    return Array.isArray(stored) ? (stored as DevKey[]) : [];
  } catch {
    return [];
  }
}

export function saveDevKey(passphrase: string, key: DevKey): void {
  const others = devKeys(passphrase).filter(({ address }) => address !== key.address);
  localStorage.setItem(`${STORAGE_KEY}:${passphrase}`, JSON.stringify([...others, key]));
}

export function removeDevKey(passphrase: string, address: string): void {
  localStorage.setItem(`${STORAGE_KEY}:${passphrase}`, JSON.stringify(devKeys(passphrase).filter((key) => key.address !== address)));
}
