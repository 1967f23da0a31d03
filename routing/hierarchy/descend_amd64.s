//go:build !purego

#include "textflag.h"

// SI first, DI head, R8 weight, R9 lanes, R10 the lanes of the place, CX places
// left, AX the arc, BX the end of the place's arcs.

// func descendCostsAVX2(places int, first, head, weight, lanes *uint32)
TEXT ·descendCostsAVX2(SB), NOSPLIT, $0-40
	MOVQ places+0(FP), CX
	MOVQ first+8(FP), SI
	MOVQ head+16(FP), DI
	MOVQ weight+24(FP), R8
	MOVQ lanes+32(FP), R9
	MOVQ R9, R10
	MOVL (SI), AX

costsPlace:
	TESTQ CX, CX
	JLE  costsDone
	ADDQ $4, SI
	MOVL (SI), BX
	VMOVDQU (R10), Y0
	CMPQ AX, BX
	JGE  costsStore

costsArc:
	MOVL (DI)(AX*4), DX
	VPBROADCASTD (R8)(AX*4), Y1
	VPADDD (R9)(DX*4), Y1, Y1
	VPMINUD Y1, Y0, Y0
	INCQ AX
	CMPQ AX, BX
	JLT  costsArc

costsStore:
	VMOVDQU Y0, (R10)
	ADDQ $32, R10
	DECQ CX
	JMP  costsPlace

costsDone:
	VZEROUPPER
	RET

// func descendSumsAVX2(places int, first, head *uint32, weight, lanes *uint64)
TEXT ·descendSumsAVX2(SB), NOSPLIT, $0-40
	MOVQ places+0(FP), CX
	MOVQ first+8(FP), SI
	MOVQ head+16(FP), DI
	MOVQ weight+24(FP), R8
	MOVQ lanes+32(FP), R9
	MOVQ R9, R10
	MOVL (SI), AX

sumsPlace:
	TESTQ CX, CX
	JLE  sumsDone
	ADDQ $4, SI
	MOVL (SI), BX
	VMOVDQU (R10), Y0
	VMOVDQU 32(R10), Y1
	CMPQ AX, BX
	JGE  sumsStore

sumsArc:
	MOVL (DI)(AX*4), DX
	VPBROADCASTQ (R8)(AX*8), Y2
	VPADDQ (R9)(DX*8), Y2, Y3
	VPADDQ 32(R9)(DX*8), Y2, Y4
	VPCMPGTQ Y3, Y0, Y5
	VPCMPGTQ Y4, Y1, Y6
	VBLENDVPD Y5, Y3, Y0, Y0
	VBLENDVPD Y6, Y4, Y1, Y1
	INCQ AX
	CMPQ AX, BX
	JLT  sumsArc

sumsStore:
	VMOVDQU Y0, (R10)
	VMOVDQU Y1, 32(R10)
	ADDQ $64, R10
	DECQ CX
	JMP  sumsPlace

sumsDone:
	VZEROUPPER
	RET
