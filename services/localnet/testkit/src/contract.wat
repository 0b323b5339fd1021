;; The contract of localnet's tests. Every value is a host value, so most functions only pass on what
;; they are given. The tags used here: 2 is void, 3 an error, 4 a u32 in the upper half.
(module
  (import "l" "_" (func $put (param i64 i64 i64) (result i64)))
  (import "l" "1" (func $get (param i64 i64) (result i64)))
  (import "l" "2" (func $del (param i64 i64) (result i64)))
  (import "l" "7" (func $extend (param i64 i64 i64 i64) (result i64)))
  (import "l" "6" (func $update (param i64) (result i64)))
  (import "a" "0" (func $require_auth (param i64) (result i64)))
  (import "d" "_" (func $call (param i64 i64 i64) (result i64)))
  (import "x" "1" (func $event (param i64 i64) (result i64)))
  (import "x" "3" (func $sequence (result i64)))
  (import "x" "4" (func $timestamp (result i64)))
  (import "x" "5" (func $fail (param i64) (result i64)))
  (import "v" "_" (func $list (result i64)))
  (import "v" "6" (func $push (param i64 i64) (result i64)))
  (import "b" "3" (func $bytes (param i64 i64) (result i64)))
  (memory (export "memory") 2)

  ;; Keeps its argument in the instance, under the key 0.
  (func (export "__constructor") (param i64) (result i64)
    (call $put (i64.const 4) (local.get 0) (i64.const 2)))
  (func (export "owner") (result i64)
    (call $get (i64.const 4) (i64.const 2)))

  (func (export "put") (param i64 i64) (result i64)
    (call $put (local.get 0) (local.get 1) (i64.const 1)))
  (func (export "get") (param i64) (result i64)
    (call $get (local.get 0) (i64.const 1)))
  (func (export "del") (param i64) (result i64)
    (call $del (local.get 0) (i64.const 1)))
  (func (export "put_temp") (param i64 i64) (result i64)
    (call $put (local.get 0) (local.get 1) (i64.const 0)))
  (func (export "extend") (param i64 i64 i64) (result i64)
    (call $extend (local.get 0) (i64.const 1) (local.get 1) (local.get 2)))

  ;; Keeps `size` bytes under a key.
  (func (export "put_bytes") (param i64 i64) (result i64)
    (call $put (local.get 0) (call $bytes (i64.const 4) (local.get 1)) (i64.const 1)))
  ;; Returns `size` bytes.
  (func (export "bytes") (param i64) (result i64)
    (call $bytes (i64.const 4) (local.get 0)))

  ;; Writes for somebody who has to agree.
  (func (export "put_by") (param i64 i64 i64) (result i64)
    (drop (call $require_auth (local.get 0)))
    (call $put (local.get 1) (local.get 2) (i64.const 1)))
  ;; Has somebody agree to this call and to the one that it makes.
  (func (export "call_by") (param i64 i64 i64 i64) (result i64)
    (drop (call $require_auth (local.get 0)))
    (call $call (local.get 1) (local.get 2) (local.get 3)))
  ;; Has somebody agree, and writes for them through another contract, which asks them as well. The
  ;; number is the symbol `put_by`.
  (func (export "put_via") (param $who i64) (param $other i64) (param $key i64) (param $value i64)
    (result i64)
    (drop (call $require_auth (local.get $who)))
    (call $call (local.get $other) (i64.const 14821464079886)
      (call $push
        (call $push
          (call $push (call $list) (local.get $who))
          (local.get $key))
        (local.get $value))))
  (func (export "call") (param i64 i64 i64) (result i64)
    (call $call (local.get 0) (local.get 1) (local.get 2)))

  (func (export "emit") (param i64 i64) (result i64)
    (call $event (local.get 0) (local.get 1)))
  ;; Fails with the contract's error 7.
  (func (export "refuse") (result i64)
    (call $fail (i64.const 30064771075)))
  (func (export "trap") (result i64)
    unreachable)
  ;; Goes round `n` times.
  (func (export "burn") (param i64) (result i64)
    (local $left i64)
    (local.set $left (i64.shr_u (local.get 0) (i64.const 32)))
    (block $done
      (loop $again
        (br_if $done (i64.eqz (local.get $left)))
        (local.set $left (i64.sub (local.get $left) (i64.const 1)))
        (br $again)))
    (i64.const 2))
  ;; Calls itself until the host has enough.
  (func $deep (export "deep") (result i64)
    (drop (call $deep))
    (i64.const 2))
  (func (export "sequence") (result i64) (call $sequence))
  (func (export "timestamp") (result i64) (call $timestamp))
  (func (export "update") (param i64) (result i64) (call $update (local.get 0)))
)
