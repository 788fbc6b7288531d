"""Orders over HTTP."""

from decimal import Decimal

from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy import text
from sqlalchemy.orm import Session, joinedload

from app.auth import current_user, require_admin
from app.db import get_session
from app.models import Order, User

router = APIRouter(prefix="/orders")
SORTABLE = {"newest": "placed_at DESC", "largest": "total DESC"}


@router.get("/")
def list_orders(
    limit: int = Query(50, le=200), user: User = Depends(current_user), session: Session = Depends(get_session)
):
    orders = session.query(Order).filter(Order.customer_id == user.id)
    return orders.order_by(Order.placed_at.desc()).limit(limit).all()


@router.get("/search")
def search_orders(status: str, user: User = Depends(current_user), session: Session = Depends(get_session)):
    rows = session.execute(text(f"SELECT id, total FROM orders WHERE status = '{status}' LIMIT 100"))
    return [dict(row) for row in rows.mappings()]


@router.get("/ranked")
def ranked_orders(by: str = "newest", user: User = Depends(current_user), session: Session = Depends(get_session)):
    if by not in SORTABLE:
        raise HTTPException(422)
    statement = text("SELECT id, total FROM orders WHERE customer_id = :customer LIMIT 100")
    return [dict(row) for row in session.execute(statement, {"customer": user.id}).mappings()]


@router.get("/debtors")
def debtors(admin: User = Depends(require_admin), session: Session = Depends(get_session)):
    open_orders = session.query(Order).filter(Order.status == "unpaid").limit(500).all()
    owed: dict[str, Decimal] = {}
    for order in open_orders:
        customer = session.query(User).filter(User.id == order.customer_id).one()
        owed[customer.email] = owed.get(customer.email, Decimal(0)) + order.total
    return owed


@router.get("/debtors/summary")
def debtors_summary(admin: User = Depends(require_admin), session: Session = Depends(get_session)):
    unpaid = session.query(Order).options(joinedload(Order.customer)).filter(Order.status == "unpaid").limit(500)
    owed: dict[str, Decimal] = {}
    for order in unpaid:
        owed[order.customer.email] = owed.get(order.customer.email, Decimal(0)) + order.total
    return owed


@router.delete("/{order_id}")
def delete_order(order_id: int, session: Session = Depends(get_session)):
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    session.delete(order)
    session.commit()


@router.post("/{order_id}/refund")
def refund_order(order_id: int, admin: User = Depends(require_admin), session: Session = Depends(get_session)):
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    order.status = "refunded"
    session.commit()
