import { parentPort, workerData } from "node:worker_threads";
import { propertyNamed } from "../properties/list.ts";
import { check } from "../properties/property.ts";
import type { Share } from "./share.ts";

const { property, seed, runs } = workerData as Share;
parentPort?.postMessage(await check(propertyNamed(property), seed, runs));
