// The development wallet's keys: in this browser's storage, on networks with a friendbot only.

export interface DevKey {
  name: string;
  address: string;
  secret: string;
}

const PLACE = "flash.devkeys";

export function devKeys(passphrase: string): DevKey[] {
  try {
    const kept = JSON.parse(localStorage.getItem(`${PLACE}:${passphrase}`) ?? "[]") as unknown;
    return Array.isArray(kept) ? (kept as DevKey[]) : [];
  } catch {
    return [];
  }
}

export function keepDevKey(passphrase: string, key: DevKey): void {
  const others = devKeys(passphrase).filter((one) => one.address !== key.address);
  localStorage.setItem(`${PLACE}:${passphrase}`, JSON.stringify([...others, key]));
}

export function dropDevKey(passphrase: string, address: string): void {
  localStorage.setItem(`${PLACE}:${passphrase}`, JSON.stringify(devKeys(passphrase).filter((one) => one.address !== address)));
}
