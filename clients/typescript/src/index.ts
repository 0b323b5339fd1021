export { FlashOnStellar, type Answer, type Options, type Sent } from "./flash.js";
export { CONTRACTS, parseDeployment, type ContractName, type DeployedContract, type Deployment } from "./deployment.js";
export { CallFailed, ContractRefusal, type ErrorCase, type ErrorTable } from "./errors.js";
export type { EventPage, MarketEvent } from "./events.js";
export { keypairWallet, type Wallet } from "./wallet.js";
export * as registry from "./generated/registry/types.js";
export * as deals from "./generated/deals/types.js";
export * as escrow from "./generated/escrow/types.js";
export * as reputation from "./generated/reputation/types.js";
