/** A child that never comes up, for the pool's tests. */
throw new Error("This worker is missing a part.");
