import { ConditionalCheckFailedException, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { mistake } from "../../config/mistake.ts";
import { reasonOf } from "../memory.ts";

/**
 * Waits for what a table was asked, and names the table in what goes wrong: a mistake where there is none of this name, an
 * `Error` with its cause else. A condition that did not hold is thrown on as it is: it is an answer.
 */
export function naming(table: string): <T>(asked: Promise<T>) => Promise<T> {
  return async (asked) => {
    try {
      return await asked;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) throw cause;
      if (cause instanceof ResourceNotFoundException)
        throw mistake(`there is no DynamoDB table ${table}`, "create it first, or look at the region", cause);
      throw new Error(`the DynamoDB table ${table}: ${reasonOf(cause)}`, { cause });
    }
  };
}
