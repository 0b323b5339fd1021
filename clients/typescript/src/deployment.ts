/** One contract of a deployment. */
export interface DeployedContract {
  id: string;
  wasm_hash: string;
  version: string;
  ledger: number | null;
  tx_hash: string | null;
}

/** The fields of `deployments/<network>.json` that this client reads. */
export interface Deployment {
  schema: 1;
  network: string;
  kind: "test" | "main";
  network_passphrase: string;
  rpc_url: string;
  asset: { code?: string; issuer?: string; contract_id: string };
  contracts: Record<ContractName, DeployedContract>;
}

export const CONTRACTS = ["registry", "deals", "escrow", "reputation", "mandates"] as const;
export type ContractName = (typeof CONTRACTS)[number];

/** Parses and checks a deployment file. */
export function parseDeployment(json: unknown): Deployment {
  const file = (typeof json === "string" ? JSON.parse(json) : json) as Partial<Deployment>;
  if (file?.schema !== 1) throw new TypeError(`expected a deployment file with schema 1, got ${file?.schema}`);
  for (const field of ["network", "network_passphrase", "rpc_url"] as const) {
    if (typeof file[field] !== "string") throw new TypeError(`the deployment file has no ${field}`);
  }
  for (const name of CONTRACTS) {
    const id = file.contracts?.[name]?.id;
    if (!/^C[A-Z2-7]{55}$/.test(id ?? "")) throw new TypeError(`the deployment file has no valid id of ${name}: ${id}`);
  }
  return file as Deployment;
}
