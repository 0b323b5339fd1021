use wasm_encoder::{
    CodeSection, ConstExpr as Constant, DataSection, ElementSection, Elements, EntityType,
    Function as Body, FunctionSection, GlobalSection, GlobalType, ImportSection, Module, RefType,
    TableSection, TableType, TypeSection, ValType as Type,
};

use super::*;

/// A module in the making: a stack, data, and functions without arguments.
struct Program {
    stack_top: i32,
    data_at: i32,
    functions: Vec<Body>,
    /// What the table holds, by the index of the function.
    table: Vec<u32>,
}

/// Function 0 is the host's; those of the program are counted from here.
const FIRST: u32 = 1;

impl Program {
    fn of(functions: Vec<Body>) -> Self {
        Self {
            stack_top: 4_096,
            data_at: 4_096,
            functions,
            table: Vec::new(),
        }
    }

    fn wasm(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("l", "_", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for body in &self.functions {
            functions.function(0);
            code.function(body);
        }
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 10,
            maximum: None,
            shared: false,
        });
        let mut globals = GlobalSection::new();
        let stack_pointer = GlobalType {
            val_type: Type::I32,
            mutable: true,
            shared: false,
        };
        globals.global(stack_pointer, &Constant::i32_const(self.stack_top));
        let mut elements = ElementSection::new();
        let held = Elements::Functions(self.table.as_slice().into());
        elements.active(None, &Constant::i32_const(1), held);
        let mut data = DataSection::new();
        data.active(0, &Constant::i32_const(self.data_at), *b"constants");
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(&tables).section(&globals).section(&elements);
        module.section(&code).section(&data);
        module.finish()
    }
}

/// Opens a frame as the compiler does, calls, closes the frame.
fn calling(frame_bytes: i32, callees: &[u32]) -> Body {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    code.global_get(0).i32_const(frame_bytes).i32_sub();
    code.local_tee(0).global_set(0);
    for callee in callees {
        code.call(*callee);
    }
    code.local_get(0).i32_const(frame_bytes).i32_add();
    code.global_set(0).end();
    body
}

fn deepest(program: &Program) -> u32 {
    verify(&program.wasm()).unwrap().deepest_bytes
}

fn refusal(program: &Program) -> String {
    format!("{:#}", verify(&program.wasm()).unwrap_err())
}

#[test]
fn frames_of_the_deepest_chain_add_up() {
    let functions = vec![
        calling(32, &[FIRST + 1, FIRST + 2]),
        calling(400, &[0]),
        calling(16, &[FIRST + 3]),
        calling(500, &[0]),
    ];
    assert_eq!(deepest(&Program::of(functions)), 32 + 16 + 500);
}

#[test]
fn a_frame_may_be_opened_by_adding_a_negative_number() {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    code.global_get(0).i32_const(-48).i32_add();
    code.local_set(0).end();
    assert_eq!(deepest(&Program::of(vec![body])), 48);
}

#[test]
fn a_frame_may_be_opened_after_the_stack_pointer_was_put_aside() {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    code.global_get(0).local_set(0).i32_const(7).drop();
    code.local_get(0).i32_const(24).i32_sub();
    code.local_tee(0).global_set(0).end();
    assert_eq!(deepest(&Program::of(vec![body])), 24);
}

#[test]
fn frames_inlined_into_one_function_count_together() {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    for frame in [64, 80] {
        code.global_get(0).i32_const(frame).i32_sub();
        code.local_tee(0).global_set(0);
    }
    code.end();
    assert_eq!(deepest(&Program::of(vec![body])), 64 + 80);
}

#[test]
fn a_call_through_the_table_may_reach_all_that_it_holds() {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    code.global_get(0).i32_const(900).i32_sub().local_set(0);
    code.i32_const(1).call_indirect(0, 0).end();
    let mut program = Program::of(vec![body, calling(112, &[]), calling(200, &[])]);
    program.table = vec![FIRST + 1];
    assert_eq!(deepest(&program), 900 + 112);
}

#[test]
fn a_chain_as_long_as_the_stack_fits_and_a_byte_more_does_not() {
    let mut program = Program::of(vec![calling(4_000, &[FIRST + 1]), calling(96, &[])]);
    assert_eq!(deepest(&program), 4_096);
    program.functions[1] = calling(97, &[]);
    assert_eq!(
        refusal(&program),
        "calls nest so deeply that they take 4097 bytes of stack; it has 4096"
    );
}

#[test]
fn recursion_is_refused() {
    let program = Program::of(vec![calling(16, &[FIRST + 1]), calling(16, &[FIRST])]);
    assert_eq!(refusal(&program), "function 1 can call itself");
}

#[test]
fn a_stack_as_long_as_the_linkers_own_is_refused() {
    let mut program = Program::of(vec![calling(16, &[])]);
    program.stack_top = 1_048_576;
    program.data_at = 1_048_576;
    assert!(refusal(&program).contains("contracts/build.rs"));
}

#[test]
fn data_below_the_stacks_end_is_refused() {
    let mut program = Program::of(vec![calling(16, &[])]);
    program.data_at = 4_095;
    assert!(refusal(&program).contains("--stack-first"));
}

#[test]
fn a_frame_of_unknown_size_is_refused() {
    let mut body = Body::new([(1, Type::I32)]);
    let mut code = body.instructions();
    code.global_get(0)
        .local_get(0)
        .i32_sub()
        .global_set(0)
        .end();
    let refused = refusal(&Program::of(vec![body]));
    assert_eq!(refused, "a frame whose size is not a constant");
}
