"""The vector rows of the table of operations, relaxed ones included. See `ops` for how to read them.

Source: WebAssembly 3.0 §5.4.8 (vector instructions).
"""

from __future__ import annotations

from typing import Final

ROWS: Final = """
v128.load | FD 00 | memory:4 | A -> v128
v128.load8x8_s | FD 01 | memory:3 | A -> v128
v128.load8x8_u | FD 02 | memory:3 | A -> v128
v128.load16x4_s | FD 03 | memory:3 | A -> v128
v128.load16x4_u | FD 04 | memory:3 | A -> v128
v128.load32x2_s | FD 05 | memory:3 | A -> v128
v128.load32x2_u | FD 06 | memory:3 | A -> v128
v128.load8_splat | FD 07 | memory:0 | A -> v128
v128.load16_splat | FD 08 | memory:1 | A -> v128
v128.load32_splat | FD 09 | memory:2 | A -> v128
v128.load64_splat | FD 0A | memory:3 | A -> v128
v128.store | FD 0B | memory:4 | A v128 ->
v128.const | FD 0C | bytes16 | -> v128
i8x16.shuffle | FD 0D | lanes16:32 | v128 v128 -> v128
i8x16.swizzle | FD 0E | | v128 v128 -> v128
i8x16.splat | FD 0F | | i32 -> v128
i16x8.splat | FD 10 | | i32 -> v128
i32x4.splat | FD 11 | | i32 -> v128
i64x2.splat | FD 12 | | i64 -> v128
f32x4.splat | FD 13 | | f32 -> v128
f64x2.splat | FD 14 | | f64 -> v128
i8x16.extract_lane_s | FD 15 | lane:16 | v128 -> i32
i8x16.extract_lane_u | FD 16 | lane:16 | v128 -> i32
i8x16.replace_lane | FD 17 | lane:16 | v128 i32 -> v128
i16x8.extract_lane_s | FD 18 | lane:8 | v128 -> i32
i16x8.extract_lane_u | FD 19 | lane:8 | v128 -> i32
i16x8.replace_lane | FD 1A | lane:8 | v128 i32 -> v128
i32x4.extract_lane | FD 1B | lane:4 | v128 -> i32
i32x4.replace_lane | FD 1C | lane:4 | v128 i32 -> v128
i64x2.extract_lane | FD 1D | lane:2 | v128 -> i64
i64x2.replace_lane | FD 1E | lane:2 | v128 i64 -> v128
f32x4.extract_lane | FD 1F | lane:4 | v128 -> f32
f32x4.replace_lane | FD 20 | lane:4 | v128 f32 -> v128
f64x2.extract_lane | FD 21 | lane:2 | v128 -> f64
f64x2.replace_lane | FD 22 | lane:2 | v128 f64 -> v128
i8x16.eq | FD 23 | | v128 v128 -> v128
i8x16.ne | FD 24 | | v128 v128 -> v128
i8x16.lt_s | FD 25 | | v128 v128 -> v128
i8x16.lt_u | FD 26 | | v128 v128 -> v128
i8x16.gt_s | FD 27 | | v128 v128 -> v128
i8x16.gt_u | FD 28 | | v128 v128 -> v128
i8x16.le_s | FD 29 | | v128 v128 -> v128
i8x16.le_u | FD 2A | | v128 v128 -> v128
i8x16.ge_s | FD 2B | | v128 v128 -> v128
i8x16.ge_u | FD 2C | | v128 v128 -> v128
i16x8.eq | FD 2D | | v128 v128 -> v128
i16x8.ne | FD 2E | | v128 v128 -> v128
i16x8.lt_s | FD 2F | | v128 v128 -> v128
i16x8.lt_u | FD 30 | | v128 v128 -> v128
i16x8.gt_s | FD 31 | | v128 v128 -> v128
i16x8.gt_u | FD 32 | | v128 v128 -> v128
i16x8.le_s | FD 33 | | v128 v128 -> v128
i16x8.le_u | FD 34 | | v128 v128 -> v128
i16x8.ge_s | FD 35 | | v128 v128 -> v128
i16x8.ge_u | FD 36 | | v128 v128 -> v128
i32x4.eq | FD 37 | | v128 v128 -> v128
i32x4.ne | FD 38 | | v128 v128 -> v128
i32x4.lt_s | FD 39 | | v128 v128 -> v128
i32x4.lt_u | FD 3A | | v128 v128 -> v128
i32x4.gt_s | FD 3B | | v128 v128 -> v128
i32x4.gt_u | FD 3C | | v128 v128 -> v128
i32x4.le_s | FD 3D | | v128 v128 -> v128
i32x4.le_u | FD 3E | | v128 v128 -> v128
i32x4.ge_s | FD 3F | | v128 v128 -> v128
i32x4.ge_u | FD 40 | | v128 v128 -> v128
f32x4.eq | FD 41 | | v128 v128 -> v128
f32x4.ne | FD 42 | | v128 v128 -> v128
f32x4.lt | FD 43 | | v128 v128 -> v128
f32x4.gt | FD 44 | | v128 v128 -> v128
f32x4.le | FD 45 | | v128 v128 -> v128
f32x4.ge | FD 46 | | v128 v128 -> v128
f64x2.eq | FD 47 | | v128 v128 -> v128
f64x2.ne | FD 48 | | v128 v128 -> v128
f64x2.lt | FD 49 | | v128 v128 -> v128
f64x2.gt | FD 4A | | v128 v128 -> v128
f64x2.le | FD 4B | | v128 v128 -> v128
f64x2.ge | FD 4C | | v128 v128 -> v128
v128.not | FD 4D | | v128 -> v128
v128.and | FD 4E | | v128 v128 -> v128
v128.andnot | FD 4F | | v128 v128 -> v128
v128.or | FD 50 | | v128 v128 -> v128
v128.xor | FD 51 | | v128 v128 -> v128
v128.bitselect | FD 52 | | v128 v128 v128 -> v128
v128.any_true | FD 53 | | v128 -> i32
v128.load8_lane | FD 54 | memory:0 lane:16 | A v128 -> v128
v128.load16_lane | FD 55 | memory:1 lane:8 | A v128 -> v128
v128.load32_lane | FD 56 | memory:2 lane:4 | A v128 -> v128
v128.load64_lane | FD 57 | memory:3 lane:2 | A v128 -> v128
v128.store8_lane | FD 58 | memory:0 lane:16 | A v128 ->
v128.store16_lane | FD 59 | memory:1 lane:8 | A v128 ->
v128.store32_lane | FD 5A | memory:2 lane:4 | A v128 ->
v128.store64_lane | FD 5B | memory:3 lane:2 | A v128 ->
v128.load32_zero | FD 5C | memory:2 | A -> v128
v128.load64_zero | FD 5D | memory:3 | A -> v128
f32x4.demote_f64x2_zero | FD 5E | | v128 -> v128
f64x2.promote_low_f32x4 | FD 5F | | v128 -> v128
i8x16.abs | FD 60 | | v128 -> v128
i8x16.neg | FD 61 | | v128 -> v128
i8x16.popcnt | FD 62 | | v128 -> v128
i8x16.all_true | FD 63 | | v128 -> i32
i8x16.bitmask | FD 64 | | v128 -> i32
i8x16.narrow_i16x8_s | FD 65 | | v128 v128 -> v128
i8x16.narrow_i16x8_u | FD 66 | | v128 v128 -> v128
f32x4.ceil | FD 67 | | v128 -> v128
f32x4.floor | FD 68 | | v128 -> v128
f32x4.trunc | FD 69 | | v128 -> v128
f32x4.nearest | FD 6A | | v128 -> v128
i8x16.shl | FD 6B | | v128 i32 -> v128
i8x16.shr_s | FD 6C | | v128 i32 -> v128
i8x16.shr_u | FD 6D | | v128 i32 -> v128
i8x16.add | FD 6E | | v128 v128 -> v128
i8x16.add_sat_s | FD 6F | | v128 v128 -> v128
i8x16.add_sat_u | FD 70 | | v128 v128 -> v128
i8x16.sub | FD 71 | | v128 v128 -> v128
i8x16.sub_sat_s | FD 72 | | v128 v128 -> v128
i8x16.sub_sat_u | FD 73 | | v128 v128 -> v128
f64x2.ceil | FD 74 | | v128 -> v128
f64x2.floor | FD 75 | | v128 -> v128
i8x16.min_s | FD 76 | | v128 v128 -> v128
i8x16.min_u | FD 77 | | v128 v128 -> v128
i8x16.max_s | FD 78 | | v128 v128 -> v128
i8x16.max_u | FD 79 | | v128 v128 -> v128
f64x2.trunc | FD 7A | | v128 -> v128
i8x16.avgr_u | FD 7B | | v128 v128 -> v128
i16x8.extadd_pairwise_i8x16_s | FD 7C | | v128 -> v128
i16x8.extadd_pairwise_i8x16_u | FD 7D | | v128 -> v128
i32x4.extadd_pairwise_i16x8_s | FD 7E | | v128 -> v128
i32x4.extadd_pairwise_i16x8_u | FD 7F | | v128 -> v128
i16x8.abs | FD 80 | | v128 -> v128
i16x8.neg | FD 81 | | v128 -> v128
i16x8.q15mulr_sat_s | FD 82 | | v128 v128 -> v128
i16x8.all_true | FD 83 | | v128 -> i32
i16x8.bitmask | FD 84 | | v128 -> i32
i16x8.narrow_i32x4_s | FD 85 | | v128 v128 -> v128
i16x8.narrow_i32x4_u | FD 86 | | v128 v128 -> v128
i16x8.extend_low_i8x16_s | FD 87 | | v128 -> v128
i16x8.extend_high_i8x16_s | FD 88 | | v128 -> v128
i16x8.extend_low_i8x16_u | FD 89 | | v128 -> v128
i16x8.extend_high_i8x16_u | FD 8A | | v128 -> v128
i16x8.shl | FD 8B | | v128 i32 -> v128
i16x8.shr_s | FD 8C | | v128 i32 -> v128
i16x8.shr_u | FD 8D | | v128 i32 -> v128
i16x8.add | FD 8E | | v128 v128 -> v128
i16x8.add_sat_s | FD 8F | | v128 v128 -> v128
i16x8.add_sat_u | FD 90 | | v128 v128 -> v128
i16x8.sub | FD 91 | | v128 v128 -> v128
i16x8.sub_sat_s | FD 92 | | v128 v128 -> v128
i16x8.sub_sat_u | FD 93 | | v128 v128 -> v128
f64x2.nearest | FD 94 | | v128 -> v128
i16x8.mul | FD 95 | | v128 v128 -> v128
i16x8.min_s | FD 96 | | v128 v128 -> v128
i16x8.min_u | FD 97 | | v128 v128 -> v128
i16x8.max_s | FD 98 | | v128 v128 -> v128
i16x8.max_u | FD 99 | | v128 v128 -> v128
i16x8.avgr_u | FD 9B | | v128 v128 -> v128
i16x8.extmul_low_i8x16_s | FD 9C | | v128 v128 -> v128
i16x8.extmul_high_i8x16_s | FD 9D | | v128 v128 -> v128
i16x8.extmul_low_i8x16_u | FD 9E | | v128 v128 -> v128
i16x8.extmul_high_i8x16_u | FD 9F | | v128 v128 -> v128
i32x4.abs | FD A0 | | v128 -> v128
i32x4.neg | FD A1 | | v128 -> v128
i32x4.all_true | FD A3 | | v128 -> i32
i32x4.bitmask | FD A4 | | v128 -> i32
i32x4.extend_low_i16x8_s | FD A7 | | v128 -> v128
i32x4.extend_high_i16x8_s | FD A8 | | v128 -> v128
i32x4.extend_low_i16x8_u | FD A9 | | v128 -> v128
i32x4.extend_high_i16x8_u | FD AA | | v128 -> v128
i32x4.shl | FD AB | | v128 i32 -> v128
i32x4.shr_s | FD AC | | v128 i32 -> v128
i32x4.shr_u | FD AD | | v128 i32 -> v128
i32x4.add | FD AE | | v128 v128 -> v128
i32x4.sub | FD B1 | | v128 v128 -> v128
i32x4.mul | FD B5 | | v128 v128 -> v128
i32x4.min_s | FD B6 | | v128 v128 -> v128
i32x4.min_u | FD B7 | | v128 v128 -> v128
i32x4.max_s | FD B8 | | v128 v128 -> v128
i32x4.max_u | FD B9 | | v128 v128 -> v128
i32x4.dot_i16x8_s | FD BA | | v128 v128 -> v128
i32x4.extmul_low_i16x8_s | FD BC | | v128 v128 -> v128
i32x4.extmul_high_i16x8_s | FD BD | | v128 v128 -> v128
i32x4.extmul_low_i16x8_u | FD BE | | v128 v128 -> v128
i32x4.extmul_high_i16x8_u | FD BF | | v128 v128 -> v128
i64x2.abs | FD C0 | | v128 -> v128
i64x2.neg | FD C1 | | v128 -> v128
i64x2.all_true | FD C3 | | v128 -> i32
i64x2.bitmask | FD C4 | | v128 -> i32
i64x2.extend_low_i32x4_s | FD C7 | | v128 -> v128
i64x2.extend_high_i32x4_s | FD C8 | | v128 -> v128
i64x2.extend_low_i32x4_u | FD C9 | | v128 -> v128
i64x2.extend_high_i32x4_u | FD CA | | v128 -> v128
i64x2.shl | FD CB | | v128 i32 -> v128
i64x2.shr_s | FD CC | | v128 i32 -> v128
i64x2.shr_u | FD CD | | v128 i32 -> v128
i64x2.add | FD CE | | v128 v128 -> v128
i64x2.sub | FD D1 | | v128 v128 -> v128
i64x2.mul | FD D5 | | v128 v128 -> v128
i64x2.eq | FD D6 | | v128 v128 -> v128
i64x2.ne | FD D7 | | v128 v128 -> v128
i64x2.lt_s | FD D8 | | v128 v128 -> v128
i64x2.gt_s | FD D9 | | v128 v128 -> v128
i64x2.le_s | FD DA | | v128 v128 -> v128
i64x2.ge_s | FD DB | | v128 v128 -> v128
i64x2.extmul_low_i32x4_s | FD DC | | v128 v128 -> v128
i64x2.extmul_high_i32x4_s | FD DD | | v128 v128 -> v128
i64x2.extmul_low_i32x4_u | FD DE | | v128 v128 -> v128
i64x2.extmul_high_i32x4_u | FD DF | | v128 v128 -> v128
f32x4.abs | FD E0 | | v128 -> v128
f32x4.neg | FD E1 | | v128 -> v128
f32x4.sqrt | FD E3 | | v128 -> v128
f32x4.add | FD E4 | | v128 v128 -> v128
f32x4.sub | FD E5 | | v128 v128 -> v128
f32x4.mul | FD E6 | | v128 v128 -> v128
f32x4.div | FD E7 | | v128 v128 -> v128
f32x4.min | FD E8 | | v128 v128 -> v128
f32x4.max | FD E9 | | v128 v128 -> v128
f32x4.pmin | FD EA | | v128 v128 -> v128
f32x4.pmax | FD EB | | v128 v128 -> v128
f64x2.abs | FD EC | | v128 -> v128
f64x2.neg | FD ED | | v128 -> v128
f64x2.sqrt | FD EF | | v128 -> v128
f64x2.add | FD F0 | | v128 v128 -> v128
f64x2.sub | FD F1 | | v128 v128 -> v128
f64x2.mul | FD F2 | | v128 v128 -> v128
f64x2.div | FD F3 | | v128 v128 -> v128
f64x2.min | FD F4 | | v128 v128 -> v128
f64x2.max | FD F5 | | v128 v128 -> v128
f64x2.pmin | FD F6 | | v128 v128 -> v128
f64x2.pmax | FD F7 | | v128 v128 -> v128
i32x4.trunc_sat_f32x4_s | FD F8 | | v128 -> v128
i32x4.trunc_sat_f32x4_u | FD F9 | | v128 -> v128
f32x4.convert_i32x4_s | FD FA | | v128 -> v128
f32x4.convert_i32x4_u | FD FB | | v128 -> v128
i32x4.trunc_sat_f64x2_s_zero | FD FC | | v128 -> v128
i32x4.trunc_sat_f64x2_u_zero | FD FD | | v128 -> v128
f64x2.convert_low_i32x4_s | FD FE | | v128 -> v128
f64x2.convert_low_i32x4_u | FD FF | | v128 -> v128
i8x16.relaxed_swizzle | FD 100 | | v128 v128 -> v128
i32x4.relaxed_trunc_f32x4_s | FD 101 | | v128 -> v128
i32x4.relaxed_trunc_f32x4_u | FD 102 | | v128 -> v128
i32x4.relaxed_trunc_f64x2_s_zero | FD 103 | | v128 -> v128
i32x4.relaxed_trunc_f64x2_u_zero | FD 104 | | v128 -> v128
f32x4.relaxed_madd | FD 105 | | v128 v128 v128 -> v128
f32x4.relaxed_nmadd | FD 106 | | v128 v128 v128 -> v128
f64x2.relaxed_madd | FD 107 | | v128 v128 v128 -> v128
f64x2.relaxed_nmadd | FD 108 | | v128 v128 v128 -> v128
i8x16.relaxed_laneselect | FD 109 | | v128 v128 v128 -> v128
i16x8.relaxed_laneselect | FD 10A | | v128 v128 v128 -> v128
i32x4.relaxed_laneselect | FD 10B | | v128 v128 v128 -> v128
i64x2.relaxed_laneselect | FD 10C | | v128 v128 v128 -> v128
f32x4.relaxed_min | FD 10D | | v128 v128 -> v128
f32x4.relaxed_max | FD 10E | | v128 v128 -> v128
f64x2.relaxed_min | FD 10F | | v128 v128 -> v128
f64x2.relaxed_max | FD 110 | | v128 v128 -> v128
i16x8.relaxed_q15mulr_s | FD 111 | | v128 v128 -> v128
i16x8.relaxed_dot_i8x16_i7x16_s | FD 112 | | v128 v128 -> v128
i32x4.relaxed_dot_i8x16_i7x16_add_s | FD 113 | | v128 v128 v128 -> v128
"""
